const MOST_LETTERS = 64;
const above = new Uint8Array(MOST_LETTERS + 1);
const current = new Uint8Array(MOST_LETTERS + 1);
const twoAbove = new Uint8Array(MOST_LETTERS + 1);

/**
 * The least number of letters to change, add, drop or exchange with their neighbour to make one text of the other (optimal string
 * alignment, Damerau 1964).
 * @param most where it stops counting: every greater distance answers most + 1
 */
export function edits(one: string, other: string, most: number): number {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  const width = short.length;
  if (long.length - width > most || long.length > MOST_LETTERS) return most + 1;
  for (let i = 0; i <= width; i += 1) above[i] = i;
  for (let j = 1; j <= long.length; j += 1) {
    const letter = long.charCodeAt(j - 1);
    current[0] = j;
    let least = j;
    for (let i = 1; i <= width; i += 1) {
      const same = short.charCodeAt(i - 1) === letter;
      let cost = Math.min((above[i] as number) + 1, (current[i - 1] as number) + 1, (above[i - 1] as number) + (same ? 0 : 1));
      const exchanged = i > 1 && j > 1 && short.charCodeAt(i - 2) === letter && short.charCodeAt(i - 1) === long.charCodeAt(j - 2);
      if (exchanged) cost = Math.min(cost, (twoAbove[i - 2] as number) + 1);
      current[i] = cost;
      if (cost < least) least = cost;
    }
    if (least > most) return most + 1;
    for (let i = 0; i <= width; i += 1) {
      twoAbove[i] = above[i] as number;
      above[i] = current[i] as number;
    }
  }
  return Math.min(above[width] as number, most + 1);
}

const taken = new Uint8Array(MOST_LETTERS);
const found = new Uint16Array(MOST_LETTERS);

/** Letters that both texts hold near the same place, and how many of them stand in another order (Jaro 1989). */
function jaro(one: string, other: string): number {
  const reach = Math.max(Math.floor(Math.max(one.length, other.length) / 2) - 1, 0);
  taken.fill(0, 0, other.length);
  let common = 0;
  for (let i = 0; i < one.length; i += 1) {
    const letter = one.charCodeAt(i);
    const end = Math.min(other.length - 1, i + reach);
    for (let j = Math.max(0, i - reach); j <= end; j += 1) {
      if (taken[j] === 1 || other.charCodeAt(j) !== letter) continue;
      taken[j] = 1;
      found[common] = letter;
      common += 1;
      break;
    }
  }
  if (common === 0) return 0;
  let moved = 0;
  let place = 0;
  for (let j = 0; j < other.length; j += 1) {
    if (taken[j] === 0) continue;
    if (other.charCodeAt(j) !== found[place]) moved += 1;
    place += 1;
  }
  return (common / one.length + common / other.length + (common - moved / 2) / common) / 3;
}

/** How alike two words are, 0 to 1, more so when they begin alike (Winkler 1990). */
export function likeness(one: string, other: string): number {
  if (one.length > MOST_LETTERS || other.length > MOST_LETTERS) return one === other ? 1 : 0;
  const score = jaro(one, other);
  let common = 0;
  while (common < 4 && common < one.length && one.charCodeAt(common) === other.charCodeAt(common)) common += 1;
  return score + common * 0.1 * (1 - score);
}
