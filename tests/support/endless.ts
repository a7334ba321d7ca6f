// A migration that runs until it is stopped, so that tests of what happens meanwhile need no clock.

/** SQL that never ends by itself; the table `t` with a column `a` must be there. */
export const ENDLESS_INSERT =
  "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) INSERT INTO t (a) SELECT n FROM c WHERE n < 0;";
