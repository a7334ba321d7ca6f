// LatestWork: one piece of work at a time, and the newest input is always worked on.

import * as assert from "uvu/assert";
import { LatestWork } from "../../../lib/workbench/state/latest_work.ts";
import { suite } from "../../support/suite.ts";

const latest = suite("LatestWork");

/** Work that ends when it is stopped, or when `end()` is called. */
class Bench {
  readonly begun: string[] = [];
  readonly stopped: string[] = [];
  input = "";
  #running = Promise.withResolvers<void>();
  #begin = Promise.withResolvers<void>();

  readonly work: LatestWork = new LatestWork({
    work: () => {
      this.begun.push(this.input);
      this.#begin.resolve();
      return this.#running.promise;
    },
    stop: (id) => {
      this.stopped.push(id);
      this.end();
    },
  });

  async begins(): Promise<void> {
    await this.#begin.promise;
    this.#begin = Promise.withResolvers<void>();
  }

  end(): void {
    this.#running.resolve();
    this.#running = Promise.withResolvers<void>();
  }
}

latest("works once on input that changes several times in a moment", async () => {
  const bench = new Bench();
  for (const input of ["a", "ab", "abc"]) {
    bench.input = input;
    bench.work.later();
  }
  await bench.begins();
  assert.equal(bench.begun, ["abc"]);
  bench.end();
});

latest("works on what changed meanwhile when the present work has ended, and once", async () => {
  const bench = new Bench();
  bench.input = "a";
  bench.work.now();
  await bench.begins();
  for (const input of ["ab", "abc"]) {
    bench.input = input;
    bench.work.now();
  }
  assert.equal(bench.begun, ["a"]);
  bench.end();
  await bench.begins();
  assert.equal(bench.begun, ["a", "abc"]);
  assert.equal(bench.stopped, []);
  bench.end();
});

latest("stops work that takes long, and only for newer input", async () => {
  const bench = new Bench();
  bench.input = "endless";
  bench.work.now();
  await bench.begins();
  bench.input = "short";
  bench.work.now();
  await bench.begins();
  assert.equal(bench.begun, ["endless", "short"]);
  assert.is(bench.stopped.length, 1);
  bench.end();
});

latest.run();
