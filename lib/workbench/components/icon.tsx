// Decorative icons beside text, hidden from screen readers. Runs in the browser.

import type { JSX } from "preact";

const PATHS = {
  bird:
    "M1.5 8.2 8.6 6.6C9.4 4.9 10.6 4 12.1 4c1.9 0 3 1.2 3.3 3l7.1 6.1c-1 2.9-3.6 4.7-7 4.7h-1.2l.4 3.2h-1.3l-.6-3.4c-3.6-.6-5.2-3.6-4.3-8.9z",
  check: "M5 12.5 10 17.5 19.5 7",
  back: "M9.5 6 5 10.5 9.5 15M5 10.5h8.5a5 5 0 0 1 5 5V18",
  circle: "M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14z",
  cross: "M6.5 6.5 17.5 17.5M17.5 6.5 6.5 17.5",
  warning: "M12 4.5 21 19.5H3zM12 10v4.5M12 17.2v.1",
  info: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 11v5M12 8.2v.1",
  clock: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4.5l3 2",
  edit: "M5 19l.8-3.6L15.6 5.6a1.7 1.7 0 0 1 2.4 0l.4.4a1.7 1.7 0 0 1 0 2.4L8.6 18.2z",
  missing: "M7 4h7l4 4v12H7zM10 12l4 4M14 12l-4 4",
  upload: "M12 16V5M7.5 9 12 4.5 16.5 9M5 19.5h14",
  download: "M12 5v11M7.5 12 12 16.5 16.5 12M5 19.5h14",
  database:
    "M5 7c0-1.7 3.1-3 7-3s7 1.3 7 3-3.1 3-7 3-7-1.3-7-3zm0 0v10c0 1.7 3.1 3 7 3s7-1.3 7-3V7M5 12c0 1.7 3.1 3 7 3s7-1.3 7-3",
  plug: "M9 4v4M15 4v4M7 8h10v3a5 5 0 0 1-10 0zM12 16v4",
  copy: "M9 9h10v11H9zM6 15H5V4h10v2",
  follow: "M6 18 18 6M9.5 6H18v8.5",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5M9 9h6v6H9z",
  expand: "M4 10V4h6M20 14v6h-6M4 4l6 6M20 20l-6-6",
} as const;

/** The name of an icon. */
export type IconName = keyof typeof PATHS;

/** An icon of the size of the text around it. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg
      class={name === "bird" ? "icon icon-filled" : "icon"}
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
