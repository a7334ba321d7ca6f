// The subjects of replies to godwit's own requests, which permissions can allow to one user alone. Pure.

/** The inboxes of a service that asks other services. */
export const INBOX_PREFIX = "_INBOX.godwit";

/** The inboxes of a node, so that no other node may read what the store replies to it. */
export function nodeInbox(node: string): string {
  return `_INBOX.${node}`;
}
