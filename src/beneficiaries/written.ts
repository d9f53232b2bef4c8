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

/** Whether a text is a long number as a spreadsheet shows it in a narrow cell, without most of its digits. */
export const hasLostDigits = (text: string): boolean => /^\s*\d(?:[.,]\d+)?E\+\d{1,2}\s*$/i.test(text);

/** Whether a text holds nothing that anybody is called by, such as digits, dots or an emoji. */
export const hasNoLetters = (text: string): boolean => !/\p{L}/u.test(text);

// What follows the first byte of a letter in UTF-8 (0x80 to 0xBF), as the older encodings of Europe and of the Arab world show it. A
// no-break space is left out: it may have been written behind a capital.
const latinRest = '[€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ¡-¿]';
const arabicRest = '[€پ‚ƒ„…†‡ˆ‰ٹ‹Œچژڈگ‘’“”•–—ک™ڑ›œں،¢-©ھ«-¹؛»-¾؟]';
// One accent makes one such pair, an Arabic letter one too, but of those there are several: a single one could be somebody's own spelling.
const misread = new RegExp(
  `[ÃÄÅ]${latinRest}|Â[¡-¿]|(?:[ØÙÚÛ]${latinRest}){2}|[أؤإ][€‚ƒ„…†‡ˆ‰‹Œ‘’“”•–—™›œ¢-©«-¹»-¾]|(?:[طظعغ]${arabicRest}){2}`,
  'u',
);

/** Whether a text has lost letters on its way, which a spreadsheet leaves question marks for, or was read in another encoding than its own. */
export const hasLostLetters = (text: string): boolean => /[?\uFFFD]/.test(text) || misread.test(text);
