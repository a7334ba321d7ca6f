// Accepts files, dropped anywhere on the page or chosen. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { DATABASE_EXTENSIONS } from "../model/dropped_files.ts";
import { filesOfDrop, filesOfInput, receiveFiles } from "../state/files.ts";
import { useStore } from "../state/store_context.ts";
import { Icon } from "./icon.tsx";

/** The place to drop files, with file inputs as an alternative. */
export function DropZone(): JSX.Element {
  const store = useStore();
  const isOver = useSignal(false);
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes("Files") !== true) return;
      event.preventDefault();
      isOver.value = true;
    };
    const leave = (event: DragEvent): void => {
      // Moving between elements of the page also fires dragleave, with the entered element as its
      // relatedTarget.
      if (event.relatedTarget === null) isOver.value = false;
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      isOver.value = false;
      const { dataTransfer } = event;
      if (dataTransfer === null) return;
      void receiveFiles(store, filesOfDrop(dataTransfer));
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, []);
  return (
    <section class="drop-zone" data-over={isOver.value} aria-labelledby="drop-heading">
      <h2 id="drop-heading" class="drop-heading">
        <Icon name="upload" />
        {isOver.value ? "Drop to add" : "Add migrations"}
      </h2>
      <p class="quiet">
        Drop .sql files, a folder with{" "}
        <code>migrations/</code>, or a SQLite database, anywhere on the page
      </p>
      <div class="row">
        <FileButton label="Choose files" isFolder={false} />
        <FileButton label="Choose folder" isFolder />
      </div>
    </section>
  );
}

function FileButton(
  { label, isFolder }: { readonly label: string; readonly isFolder: boolean },
): JSX.Element {
  const store = useStore();
  return (
    <label class="button button-small file-button">
      {label}
      <input
        type="file"
        class="unseen"
        multiple
        ref={(input) => {
          if (input !== null) input.webkitdirectory = isFolder;
        }}
        accept={isFolder ? undefined : [".sql", ...DATABASE_EXTENSIONS].join()}
        onChange={(event) => {
          const input = event.currentTarget;
          if (input.files === null) return;
          void receiveFiles(store, filesOfInput(input.files));
          // Without this, choosing the same files again fires no event.
          input.value = "";
        }}
      />
    </label>
  );
}
