/** What may stand between the cells of a line, the likelier first. */
const delimiters = [';', ',', '\t', '|'] as const;
/** How many lines are looked at. */
const LINES = 20;

/**
 * What stands between the cells of a CSV file: the one of the usual delimiters that most lines hold equally many of, and many. A title above
 * the header has none, or a comma of its own. What stands in quotation marks is not looked at.
 * @param beginning of the file
 */
export function delimiterOf(beginning: string): string {
  const lines = unquotedLines(beginning);
  const score = (delimiter: string): number => {
    const counts = lines.map((line) => line.split(delimiter).length - 1);
    const agreeing = (count: number) => counts.filter((other) => other === count).length / counts.length;
    return Math.max(0, ...counts.map((count) => count * agreeing(count) ** 2));
  };
  return delimiters.reduce<string>((best, next) => (score(next) > score(best) ? next : best), score(';') > 0 ? ';' : ',');
}

function unquotedLines(text: string): string[] {
  const lines: string[] = [];
  let [line, quoted] = ['', false];
  for (const piece of text.split(/(["\r\n])/)) {
    if (piece === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (piece !== '\n' && piece !== '\r') line += piece;
    else if (line.trim() !== '') {
      if (lines.push(line) === LINES) return lines;
      line = '';
    }
  }
  return line === '' ? lines : [...lines, line];
}
