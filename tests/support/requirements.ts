// Installs the programs that tests need beside Deno, where that can be done, and says so.

/** A program and the Debian package that has it. */
const PROGRAMS = [
  { program: "nats-server", debianPackage: "nats-server" },
  { program: "sqlite3", debianPackage: "sqlite3" },
  { program: "git", debianPackage: "git" },
  { program: "curl", debianPackage: "curl" },
  { program: "python3", debianPackage: "python3" },
  { program: "zsh", debianPackage: "zsh" },
  { program: "fish", debianPackage: "fish" },
  { program: "mandoc", debianPackage: "mandoc" },
  { program: "chromium-headless-shell", debianPackage: "chromium-headless-shell" },
  { program: "firefox-esr", debianPackage: "firefox-esr" },
];

const BROWSERS: readonly string[] = ["chromium-headless-shell", "firefox-esr"];

/** Makes sure that every program is there; returns what to do where one is missing. */
export function installRequirements(): string | null {
  const missing = PROGRAMS.filter(({ program }) => !isInstalled(program));
  if (missing.length === 0) return null;
  const packages = missing.map(({ debianPackage }) => debianPackage);
  if (Deno.uid() === 0 && isInstalled("apt-get")) {
    const isLarge = missing.some(({ program }) => BROWSERS.includes(program));
    const patience = isLarge ? "; a browser takes some hundred megabytes and a few minutes" : "";
    console.log(`Installing ${packages.join(" and ")}${patience}`);
    run("apt-get", ["update", "-qq"]);
    run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages]);
  }
  const stillMissing = missing.filter(({ program }) => !isInstalled(program));
  if (stillMissing.length === 0) return null;
  const programs = stillMissing.map(({ program }) => program).join(" and ");
  return `The tests need ${programs} on the PATH. On Debian, as root: apt-get install ${
    packages.join(" ")
  }`;
}

function isInstalled(program: string): boolean {
  try {
    new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function run(program: string, args: readonly string[]): void {
  const { success, stderr } = new Deno.Command(program, {
    args: [...args],
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdout: "null",
    stderr: "piped",
  }).outputSync();
  if (!success) console.error(new TextDecoder().decode(stderr).trim());
}
