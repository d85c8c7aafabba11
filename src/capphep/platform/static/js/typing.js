// True while an input method is still composing a letter: its keys are not ours, Enter least of all.
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

// True while a key press belongs to what is being written: single-letter shortcuts are off,
// also while a Vietnamese input method is still composing a letter.
export function isTyping(event) {
  if (isComposing(event)) return true;
  const target = event.target;
  return Boolean(
    target?.isContentEditable ||
      target?.closest?.("input:not([type=checkbox], [type=radio]), textarea, select"),
  );
}
