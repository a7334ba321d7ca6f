// The log of messages: pairs, bounds, and payloads that are no JSON.

import * as assert from "uvu/assert";
import {
  addMessage,
  type Exchange,
  exchangeMs,
  prettyPayload,
  verdictOf,
  WIRE_LOG_SIZE,
} from "../../../lib/workbench/model/wire_log.ts";
import type { WireMessage } from "../../../lib/browser/sandbox.ts";
import { suite } from "../../support/suite.ts";

const log = suite("addMessage()");

function message(
  direction: WireMessage["direction"],
  verb: string,
  more: Partial<WireMessage> = {},
): WireMessage {
  return {
    at: "2026-01-01T08:00:00.000Z",
    via: "page",
    direction,
    subject: `db.migrate.notes.${verb}`,
    payload: "{}",
    ...more,
  };
}

function logOf(...messages: readonly WireMessage[]): readonly Exchange[] {
  return messages.reduce<readonly Exchange[]>(addMessage, []);
}

log("pairs a reply with the first request of its subject that has none", () => {
  const exchanges = logOf(
    message("request", "status"),
    message("request", "apply"),
    message("request", "status"),
    message("reply", "status", { payload: "first" }),
  );
  assert.equal(exchanges.map(({ reply }) => reply?.payload ?? null), ["first", null, null]);
  assert.equal([exchanges[1]?.plugin, exchanges[1]?.verb], ["notes", "apply"]);
});

log("does not give the page what was meant for NATS", () => {
  const [asked, told] = logOf(
    message("request", "status"),
    message("reply", "status", {
      via: "nats",
    }),
  );
  assert.is(asked?.reply, null);
  assert.is(told?.request, null);
});

log("knows the plugin under any prefix", () => {
  const [exchange] = logOf(message("request", "", { subject: "rosey.db.migrate.notes.apply" }));
  assert.equal([exchange?.plugin, exchange?.verb], ["notes", "apply"]);
});

log("keeps the last ones, under numbers that stay", () => {
  const messages = Array.from({ length: WIRE_LOG_SIZE + 5 }, () => message("request", "apply"));
  const exchanges = logOf(...messages);
  assert.is(exchanges.length, WIRE_LOG_SIZE);
  assert.equal([exchanges[0]?.id, exchanges.at(-1)?.id], [6, WIRE_LOG_SIZE + 5]);
});

log("says what a reply came to, also where it is no JSON", () => {
  const verdict = (payload: string): string => {
    const [exchange] = logOf(message("request", "apply"), message("reply", "apply", { payload }));
    return exchange === undefined ? "" : verdictOf(exchange);
  };
  assert.is(verdict('{"success":true}'), "success");
  assert.is(verdict('{"success":false}'), "failure");
  assert.is(verdict("<html>"), "unreadable");
  assert.is(prettyPayload("<html>"), "<html>");
  assert.is(prettyPayload('{"a":1}'), '{\n  "a": 1\n}');
});

log("measures from the request to the reply", () => {
  const [exchange] = logOf(
    message("request", "apply"),
    message("reply", "apply", { at: "2026-01-01T08:00:00.250Z" }),
  );
  assert.is(exchange === undefined ? null : exchangeMs(exchange), 250);
});

log.run();
