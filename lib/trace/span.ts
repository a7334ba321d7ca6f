// Spans: what takes how long, within what, as traces show it. Runs anywhere.
// https://www.w3.org/TR/trace-context/

/** What is known of a piece of work. No value of a row, and no SQL. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A piece of work in a trace. */
export interface Span {
  /** Names it to other programs, as the header `traceparent`; `null` where there is no trace. */
  readonly traceparent: string | null;
  /** Begins a part of it, which may have begun `agoMs` earlier. */
  begin(name: string, attributes?: SpanAttributes, agoMs?: number): Span;
  /** Adds what is known by now. */
  note(attributes: SpanAttributes): void;
  /** Ends it; `errorCode` is `null` where it succeeded. */
  end(errorCode: string | null): void;
}

/** Begins the spans of requests. `parent` is the header `traceparent` of a request. */
export type BeginRequest = (
  parent: string | null,
  name: string,
  attributes: SpanAttributes,
) => Span | Promise<Span>;

/** Measures nothing, and passes the trace of the client on, as the specification asks. */
export function passOn(parent: string | null): Span {
  return untraced(parent);
}

/** A span that nothing is measured of. */
export function untraced(traceparent: string | null): Span {
  const span: Span = {
    traceparent,
    begin: () => span,
    note() {},
    end() {},
  };
  return span;
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;

/** Reads the header `traceparent` of a request; `null` where it is none. */
export function parseTraceparent(header: string | undefined): string | null {
  const [, trace = "", span = ""] = TRACEPARENT.exec(header ?? "") ?? [];
  return /[1-9a-f]/.test(trace) && /[1-9a-f]/.test(span) ? header ?? null : null;
}

/** The id of the trace, for log lines; none where there is no trace. */
export function traceFields({ traceparent }: Span): { readonly trace_id?: string } {
  const [, id] = TRACEPARENT.exec(traceparent ?? "") ?? [];
  return id === undefined ? {} : { trace_id: id };
}
