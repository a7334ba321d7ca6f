// Saves bytes or a text as a file of the user. Runs in the browser.

/** Downloads a file. */
export function download(file: string, content: BlobPart, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = file;
  link.click();
  // The download holds the blob once the click is dispatched.
  URL.revokeObjectURL(link.href);
}
