// The first line of every module that bundling makes, by which it is known again. Pure; runs anywhere.

const MARK = "// Made by godwit bundle";

/** The line that a module of a plugin begins with. */
export function firstLine(plugin: string): string {
  return `${MARK} from the plugin "${plugin}". Do not edit: make it again.`;
}

/** Says whether a module was made by godwit, so that it may be replaced. */
export function isMadeByGodwit(text: string): boolean {
  return text.startsWith(MARK);
}
