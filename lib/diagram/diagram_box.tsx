// Draws a table or a view: columns, indexes, triggers and their changes. Runs anywhere.

import type { JSX } from "preact";
import type { DiagramAttachment, DiagramColumn, Mark } from "./diagram.ts";
import { ROW } from "./box_size.ts";
import type { PlacedBox } from "./diagram_layout.ts";
import { CHANGE_SIGNS, changeWord } from "./change_words.ts";
import { counted } from "../finding/counted.ts";

// Longer names are cut, and whole in a title.
const MOST_NAME = 24;

// Where rows begin.
const BODY = ROW.header + ROW.padding;

const TEXT = { inset: 12, sign: 10, key: 22, name: 46, baseline: 14 } as const;

interface DiagramBoxProps {
  readonly placed: PlacedBox;
  /** Whether its rows are drawn as lines, because they are too small to read. */
  readonly isFar: boolean;
}

/** A box at its position. */
export function DiagramBoxDrawing({ placed, isFar }: DiagramBoxProps): JSX.Element {
  const { box, x, y, width, height } = placed;
  return (
    <g
      class="box"
      data-box={box.id}
      data-mark={box.mark}
      data-kind={box.kind}
      transform={`translate(${x} ${y})`}
    >
      <rect class="box-frame" width={width} height={height} rx="7" />
      <path
        class="box-head"
        d={`M0 ${ROW.header}V7a7 7 0 0 1 7-7H${width - 7}a7 7 0 0 1 7 7V${ROW.header}z`}
      />
      <text class="box-name" x={TEXT.inset} y="20">
        {box.mark !== "same" && <tspan class="sign">{CHANGE_SIGNS[box.mark]}</tspan>}
        <tspan dx={box.mark === "same" ? 0 : 6}>{box.name}</tspan>
        <title>{titleOf(box.name, box.mark, box.note)}</title>
      </text>
      <text class="box-kind" x={width - TEXT.inset} y="20" text-anchor="end">
        {headWord(placed)}
      </text>
      {isFar ? <RowLines placed={placed} /> : <Rows placed={placed} />}
    </g>
  );
}

function Rows({ placed }: { readonly placed: PlacedBox }): JSX.Element {
  const { box, width, columns, hidden } = placed;
  const isHeadOnly = columns.length === 0;
  const attachments = isHeadOnly && box.mark === "same" && hidden > 0 ? [] : box.attachments;
  const rows = columns.length + (hidden > 0 && !isHeadOnly ? 1 : 0);
  return (
    <>
      {columns.map((column, index) => (
        <ColumnRow key={column.name} column={column} y={BODY + index * ROW.column} width={width} />
      ))}
      {hidden > 0 && !isHeadOnly && (
        <text class="box-more" x={TEXT.name} y={BODY + columns.length * ROW.column + TEXT.baseline}>
          and {hidden} more
        </text>
      )}
      {attachments.map((attachment, index) => (
        <AttachmentRow
          key={attachment.name}
          attachment={attachment}
          y={BODY + rows * ROW.column + index * ROW.attachment}
          width={width}
          isFirst={index === 0 && rows > 0}
        />
      ))}
    </>
  );
}

/** A line for each column, in one element: rows from afar. */
function RowLines({ placed: { columns, width } }: { readonly placed: PlacedBox }): JSX.Element {
  const middle = BODY + ROW.column / 2;
  const line = (_: DiagramColumn, index: number): string =>
    `M${TEXT.name} ${middle + index * ROW.column}H${width - TEXT.inset}`;
  return <path class="row-lines" d={columns.map(line).join("")} />;
}

function headWord({ box, hidden, columns }: PlacedBox): string {
  if (box.mark !== "same") return changeWord(box.mark);
  if (box.kind !== "table") return box.kind;
  return columns.length === 0 && hidden > 0 ? counted(hidden, "column") : "";
}

function ColumnRow(
  { column, y, width }: {
    readonly column: DiagramColumn;
    readonly y: number;
    readonly width: number;
  },
): JSX.Element {
  const { name, type, mark } = column;
  const key = column.isPrimaryKey ? "PK" : column.isForeignKey ? "FK" : "";
  return (
    <g class="row-drawing" data-mark={mark} transform={`translate(0 ${y})`}>
      {mark !== "same" && <rect class="row-back" x="1" width={width - 2} height={ROW.column} />}
      {(mark !== "same" || name.length > MOST_NAME) && (
        <title>{titleOf(name, mark, column.note)}</title>
      )}
      {mark !== "same" && (
        <text class="sign" x={TEXT.sign} y={TEXT.baseline}>{CHANGE_SIGNS[mark]}</text>
      )}
      {key !== "" && <text class="key" x={TEXT.key} y={TEXT.baseline}>{key}</text>}
      <text class="name" x={TEXT.name} y={TEXT.baseline}>
        {cut(name, MOST_NAME)}
        {column.isNotNull && <tspan class="star">*</tspan>}
      </text>
      <text class="type" x={width - TEXT.inset} y={TEXT.baseline} text-anchor="end">
        {cut(type, 14)}
        {mark !== "same" && <tspan class="word" dx="6">{changeWord(mark)}</tspan>}
      </text>
    </g>
  );
}

function AttachmentRow(
  { attachment, y, width, isFirst }: {
    readonly attachment: DiagramAttachment;
    readonly y: number;
    readonly width: number;
    readonly isFirst: boolean;
  },
): JSX.Element {
  const { kind, name, mark } = attachment;
  return (
    <g class="row-drawing row-attachment" data-mark={mark} transform={`translate(0 ${y})`}>
      {mark !== "same" && <rect class="row-back" x="1" width={width - 2} height={ROW.attachment} />}
      {isFirst && <path class="rule" d={`M${TEXT.inset} 0H${width - TEXT.inset}`} />}
      <title>{titleOf(`${kind} ${name}`, mark, null)}</title>
      {mark !== "same" && (
        <text class="sign" x={TEXT.sign} y={TEXT.baseline}>{CHANGE_SIGNS[mark]}</text>
      )}
      <text class="key" x={TEXT.key} y={TEXT.baseline}>{kind === "index" ? "IX" : "TR"}</text>
      <text class="name" x={TEXT.name} y={TEXT.baseline}>{cut(name, 28)}</text>
      {mark !== "same" && (
        <text class="type" x={width - TEXT.inset} y={TEXT.baseline} text-anchor="end">
          <tspan class="word">{changeWord(mark)}</tspan>
        </text>
      )}
    </g>
  );
}

function titleOf(name: string, mark: Mark, note: string | null): string {
  const word = mark === "same" ? "" : `, ${changeWord(mark)}`;
  return `${name}${word}${note === null ? "" : `: ${note}`}`;
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
