/** The most characters that a name may have, and any other short text. */
export const LONGEST_TEXT = 200;

// Controls, and marks that are not seen: they turn the direction of what follows, or make two texts that look alike differ.
const invisible = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;
// Arabic, Persian and Indic scripts write with joiners: after a letter. Latin letters never need one.
const strayJoiner = /(?<![\p{L}\p{M}])[\u200c\u200d]|\p{Script=Latin}[\u200c\u200d]|[\u200c\u200d]\p{Script=Latin}/u;

/** Whether a text holds control characters, NUL among them, or marks that nobody sees, such as those that turn the writing direction. */
export const hasControlCharacters = (text: string): boolean => invisible.test(text) || strayJoiner.test(text);

/** Whether a spreadsheet would run a text that stands in a cell of its own. */
export const looksLikeFormula = (text: string): boolean => /^\s*[=+@-]/.test(text);
