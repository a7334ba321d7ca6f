// The exit statuses of the command line.

/** 0 success, 1 a failure reply, 2 wrong usage, 3 no reply. */
export const EXIT = { success: 0, failure: 1, usage: 2, noReply: 3 } as const;

/** One of the exit statuses. */
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];
