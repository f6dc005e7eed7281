/** Copy buttons: every element with `data-copy`. */

const SHOWN_MS = 1500;

export function watchCopies(): void {
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-copy]') : null;
    if (button !== null) void copy(button, button.dataset['copy']!);
  });
}

async function copy(button: HTMLElement, text: string): Promise<void> {
  const isDone = (await toClipboard(text)) || byCommand(text);
  button.textContent = isDone ? 'Copied' : 'Select and copy';
  button.setAttribute('aria-live', 'polite');
  setTimeout(() => (button.textContent = 'Copy'), SHOWN_MS);
}

async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** For pages that may not use the clipboard: a local file in some browsers, plain HTTP. */
function byCommand(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  document.body.append(field);
  field.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way left there
  const isDone = document.execCommand('copy');
  field.remove();
  return isDone;
}
