// Freezes plain data deeply. Pure; runs anywhere.

/** Freezes `value` and everything in it, and returns it. For plain data without cycles. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
