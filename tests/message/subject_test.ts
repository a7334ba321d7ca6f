// Subjects and plugin names.

import * as assert from "uvu/assert";
import { isPluginName, quoteName } from "../../lib/message/plugin_name.ts";
import {
  eventSubject,
  isPrefix,
  isReplySubject,
  pluginOf,
  requestSubject,
} from "../../lib/message/subject.ts";
import { suite } from "../support/suite.ts";

const subjects = suite("subjects");

subjects("pluginOf() takes out what requestSubject() puts in, dots included", () => {
  for (const prefix of ["db.migrate", "rosey.db.migrate", "x"]) {
    for (const plugin of ["quotes", "a.b", "..", ""]) {
      assert.is(pluginOf(requestSubject(prefix, plugin, "apply"), prefix), plugin);
    }
  }
  assert.is(eventSubject("db.migrate", "quotes"), "db.migrate.quotes.events");
});

subjects("isPrefix() takes NATS tokens without wildcards", () => {
  assert.equal(["db.migrate", "a", "A_1-b.c"].map(isPrefix), [true, true, true]);
  for (const prefix of ["", ".", "a.", ".a", "a..b", "a.*", ">", "a b", "a.>"]) {
    assert.not.ok(isPrefix(prefix), prefix);
  }
});

subjects("isPluginName() takes one NATS token that is a safe file name", () => {
  for (const name of ["a", "quote-db", "0x", "a_b", "a".repeat(64)]) assert.ok(isPluginName(name));
  for (
    const name of [
      "",
      "a.b",
      "a/b",
      "..",
      ".",
      "../a",
      "a\\b",
      "Quotes",
      "-a",
      "_a",
      "a b",
      "a\n",
      "é",
      "a*",
      "a".repeat(65),
      "a".repeat(200),
    ]
  ) assert.not.ok(isPluginName(name), JSON.stringify(name));
});

subjects("quoteName() keeps a message readable", () => {
  assert.is(quoteName("a\nb"), '"a\\nb"');
  assert.ok(quoteName("a".repeat(5000)).length < 90);
});

subjects("isReplySubject() refuses the service's own subjects and those of the server", () => {
  for (const subject of ["_INBOX.a.b", "db.migrated.x", "db", "d", "replies.$SYS"]) {
    assert.ok(isReplySubject(subject, "db.migrate"), subject);
  }
  for (const subject of ["db.migrate", "db.migrate.a.events", "$SRV.PING", "$JS.API", "$KV.b.k"]) {
    assert.not.ok(isReplySubject(subject, "db.migrate"), subject);
  }
});

subjects.run();
