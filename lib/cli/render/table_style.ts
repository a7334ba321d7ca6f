// The style of tables: columns separated by spaces, without borders.

/** Options for cli-table3. */
export const TABLE_STYLE = {
  chars: {
    "top": "",
    "top-mid": "",
    "top-left": "",
    "top-right": "",
    "bottom": "",
    "bottom-mid": "",
    "bottom-left": "",
    "bottom-right": "",
    "left": "",
    "left-mid": "",
    "mid": "",
    "mid-mid": "",
    "right": "",
    "right-mid": "",
    "middle": "  ",
  },
  style: { "head": [], "border": [], "padding-left": 0, "padding-right": 0, "compact": true },
};
