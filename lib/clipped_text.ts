// Shortens long texts for messages, and says how much it left out. Pure; runs anywhere.

/** The most characters of one message that quotes SQL, such as an error of SQLite. */
const MAX_MESSAGE_LENGTH = 1_000;

/** The message; of a long one the begin and the end, because SQLite quotes the text in between. */
export function clippedMessage(message: string): string {
  const left = message.length - MAX_MESSAGE_LENGTH;
  if (left <= 0) return message;
  const half = MAX_MESSAGE_LENGTH / 2;
  const clipped = `${message.slice(0, half)} ... (${left} more characters) ... ` +
    message.slice(-half);
  return clipped.toWellFormed();
}

/** The text; of one longer than `most` characters the part around the index `at`. */
export function clippedAround(text: string, at: number, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  const start = at < most ? 0 : Math.min(at - half, text.length - most);
  const left = text.length - start - most;
  const before = start === 0 ? "" : `(${start} characters before) ... `;
  const after = left === 0 ? "" : ` ... (${left} more characters)`;
  return `${before}${text.slice(start, start + most)}${after}`.toWellFormed();
}
