// The subjects of the wire contract, `<prefix>.<plugin>.<verb>`. Pure; runs anywhere.

/** The prefix of subjects unless another is configured. */
export const DEFAULT_PREFIX = "db.migrate";

/** The subject of a plugin's requests of one verb. */
export function requestSubject(prefix: string, plugin: string, verb: string): string {
  return `${prefix}.${plugin}.${verb}`;
}

/** The subject of a plugin's events. */
export function eventSubject(prefix: string, plugin: string): string {
  return `${prefix}.${plugin}.events`;
}

/** The subject on which a plugin may answer that it has closed its database for a run. */
export function quiesceSubject(prefix: string, plugin: string): string {
  return `${prefix}.${plugin}.quiesce`;
}

/** Takes the plugin's name out of a request's subject; dots that a client put into it stay in. */
export function pluginOf(subject: string, prefix: string): string {
  return requestParts(subject, prefix).slice(0, -1).join(".");
}

/** What a request's subject has after the prefix, part by part; the last one is the verb. */
export function requestParts(subject: string, prefix: string): readonly string[] {
  return subject.slice(prefix.length + 1).split(".");
}

// The names of files and hosts that clients take for plugin names have fewer.
const MOST_DOTS = 3;

/**
 * The subjects of requests of one verb in which a plugin name has dots, though none may. They leave
 * out events and requests to quiesce, which services under a longer prefix publish.
 */
export function dottedSubjects(prefix: string, verb: string): readonly string[] {
  return Array.from({ length: MOST_DOTS }, (_, index) => {
    const name = Array.from({ length: index + 2 }, () => "*").join(".");
    return requestSubject(prefix, name, verb);
  });
}

/**
 * The queue group of the instances of a service: NATS gives each request to one of them. A service
 * under another prefix is none of them.
 */
export function queueGroup(prefix: string): string {
  return `godwit.${prefix}`;
}

/**
 * Says whether the reply to a request may be sent to a subject. The service has permissions that a
 * client has not: a reply under the prefix would be a request or an event of another plugin, and
 * one under `$` a message to the server, a stream or a bucket.
 */
export function isReplySubject(subject: string, prefix: string): boolean {
  return subject !== prefix && !subject.startsWith(`${prefix}.`) && !subject.startsWith("$");
}

/**
 * The prefix of requests to one node of a fleet, whose databases are its own. It is not below
 * `prefix`, where other services answer.
 */
export function nodePrefix(prefix: string, node: string): string {
  return `${prefix}-nodes.${node}`;
}

/** Says whether a prefix is one or more NATS tokens without wildcards. */
export function isPrefix(prefix: string): boolean {
  return /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(prefix);
}
