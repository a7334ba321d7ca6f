// Asks for confirmation before data is deleted. Runs in the browser.

import type { JSX } from "preact";
import { useStore } from "../state/store_context.ts";
import { Modal } from "./modal.tsx";

/** The open question, if any. */
export function ConfirmDialog(): JSX.Element | null {
  const question = useStore().question.value;
  if (question === null) return null;
  return (
    <Modal title={question.title} onClose={() => question.answer(false)}>
      <p>{question.text}</p>
      {question.points.length > 0 && (
        // A long list scrolls, so it has to take the focus for readers without a mouse.
        <ul class="losses" tabIndex={0} aria-label="What changes">
          {question.points.map((point) => <li key={point}>{point}</li>)}
        </ul>
      )}
      {question.footnote !== null && <p class="quiet">{question.footnote}</p>}
      <div class="modal-actions">
        <button type="button" class="button" autoFocus onClick={() => question.answer(false)}>
          Cancel
        </button>
        <button
          type="button"
          class="button button-danger"
          onClick={() => question.answer(true)}
        >
          {question.confirm}
        </button>
      </div>
    </Modal>
  );
}
