// Reads a request as it comes over a transport, or from this process. Runs anywhere.

import * as v from "valibot";
import { tenant } from "./request_schema.ts";

/** The size limit of a request, in bytes. Every valid request is far smaller. */
export const MAX_REQUEST_BYTES: number = 64 * 1024;

/**
 * A request that fits its schema, or why it does not. `tenant` is the one that it names; `null`
 * where it names none, or one that no tenant can have.
 */
export type ParsedRequest<Request> =
  & { readonly tenant: string | null }
  & (
    | { readonly ok: true; readonly request: Request }
    | { readonly ok: false; readonly message: string }
  );

/** Reads the payload of a request: UTF-8 JSON of at most 64 KiB; an empty payload means `{}`. */
export function parseRequest<Request>(
  schema: v.GenericSchema<unknown, Request>,
  payload: Uint8Array,
): ParsedRequest<Request> {
  if (payload.length > MAX_REQUEST_BYTES) {
    return refuse(`The request has ${payload.length} bytes; the most is ${MAX_REQUEST_BYTES}`);
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(payload);
  } catch {
    return refuse("The request is not UTF-8; send JSON as UTF-8");
  }
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch (error) {
    return refuse(
      `The request is not JSON: ${error instanceof Error ? error.message : "no value"}`,
    );
  }
  return checkRequest(schema, value);
}

/** Checks a value against a request's schema; every problem is named, unknown keys included. */
export function checkRequest<Request>(
  schema: v.GenericSchema<unknown, Request>,
  value: unknown,
): ParsedRequest<Request> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse("The request is not a JSON object");
  }
  const result = v.safeParse(schema, value);
  const named = v.safeParse(TenantSchema, value);
  const tenant = named.success ? named.output.tenant : null;
  if (result.success) return { ok: true, tenant, request: result.output };
  const message = `The request is refused: ${result.issues.map(describeIssue).join("; ")}`;
  return { ok: false, tenant, message };
}

const TenantSchema = v.object({ tenant });

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? "request";
  if (issue.type !== "strict_object") return `${path}: ${issue.message}`;
  return issue.expected === "never"
    ? `unknown key ${JSON.stringify(path)}`
    : `${JSON.stringify(path)} is missing: ${issue.message}`;
}

function refuse(message: string): ParsedRequest<never> {
  return { ok: false, tenant: null, message };
}
