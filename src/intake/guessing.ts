import { type ColumnName, columnNames, columns } from './columns.ts';
import { plainHeader } from './header.ts';

/** Which column a header seems to be. A header that is known to be of no use is certain to be none. */
export interface Guess {
  readonly guess: ColumnName | null;
  readonly confidence: 'certain' | 'likely' | 'none';
}

/** What form tools write beside the answers. */
const toolHeaders = new Set(
  [
    ...['start', 'end', 'today', 'deviceid', 'subscriberid', 'simserial', 'username', 'audit', '_id', '_index', '_status', '_submitted_by'],
    ...['_tags', '_notes', '_validation_status', '_attachments', '_geolocation', '__version__', '_version_', '_xform_id_string'],
    ...['_parent_index', '_parent_table_name', '_submission__id', '_submission__uuid', '_submission_time', 'formhub/uuid'],
    ...['meta/deprecatedID', 'meta/rootUuid', 'meta/instanceName', '_bamboo_dataset_id'],
  ].map(plainHeader),
);

/** Words that say whose field it is, or nothing. */
const fillers = new Set(
  'de du des la le les l d of the a an in your votre vos beneficiaire beneficiary beneficiaries respondent person personne individu individual demandeur applicant member membre المستفيد الشخص'.split(
    ' ',
  ),
);

const bySpelling = new Map(
  columnNames.flatMap((name) =>
    [name, ...columns[name].spellings].map((spelling, rank) => [plainHeader(spelling), { name, rank }] as const),
  ),
);

const withoutFillers = (plain: string): string =>
  plain
    .split(' ')
    .filter((word) => !fillers.has(word))
    .join(' ');

function bigrams(text: string): Set<string> {
  const found = new Set<string>();
  for (let i = 0; i < text.length - 1; i += 1) found.add(text.slice(i, i + 2));
  return found;
}

const spelledPairs = [...bySpelling].map(([plain, { name }]) => ({ name, pairs: bigrams(withoutFillers(plain)) }));

/** How alike two texts must be to be taken for the same, by the share of letter pairs that they have in common (Dice's coefficient). */
const LIKELY = 0.75;

function alike(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const pair of a) if (b.has(pair)) common += 1;
  return a.size + b.size === 0 ? 0 : (2 * common) / (a.size + b.size);
}

// A form puts the groups before the question: "household/head/given_name".
const lastPart = (header: string): string => header.slice(header.lastIndexOf('/') + 1);

const inAnyOrder = (plain: string): string => withoutFillers(plain).split(' ').sort().join(' ');

const byWords = new Map([...bySpelling].reverse().map(([plain, known]) => [inAnyOrder(plain), known]));

// A group may say what its column is of: "Document/Number" is the number of the document.
const knownInGroup = (header: string) => (header.includes('/') ? byWords.get(inAnyOrder(plainHeader(header))) : undefined);

const knownAs = (header: string) =>
  bySpelling.get(plainHeader(header)) ?? knownInGroup(header) ?? bySpelling.get(plainHeader(lastPart(header)));

interface Claim {
  readonly index: number;
  readonly name: ColumnName;
  readonly strength: number;
}

/** What could be meant by one header, the known spellings before those that are only alike. */
function claimsOf(header: string, index: number): Claim[] {
  const known = knownAs(header);
  if (known) return [{ index, name: known.name, strength: 2 - known.rank / 100 }];
  const pairs = bigrams(withoutFillers(plainHeader(lastPart(header))));
  const best = new Map<ColumnName, number>();
  for (const { name, pairs: spelled } of spelledPairs) {
    const strength = alike(pairs, spelled);
    if (strength >= LIKELY && strength > (best.get(name) ?? 0)) best.set(name, strength);
  }
  return [...best].map(([name, strength]) => ({ index, name, strength }));
}

/**
 * Guesses the columns from a header, each once: the better spelling has it, and what a form tool wrote by itself gives way.
 * @returns a guess for each header, in their order
 */
export function guessColumns(header: readonly string[]): Guess[] {
  const guesses: Guess[] = header.map((cell) =>
    toolHeaders.has(plainHeader(cell)) ? { guess: null, confidence: 'certain' } : { guess: null, confidence: 'none' },
  );
  const taken = new Set<ColumnName>();
  const settled = new Set<number>();
  const claims = header.flatMap(claimsOf).sort((a, b) => b.strength - a.strength || a.index - b.index);
  for (const { index, name, strength } of claims) {
    if (taken.has(name) || settled.has(index)) continue;
    taken.add(name);
    settled.add(index);
    guesses[index] = { guess: name, confidence: strength > 1 ? 'certain' : 'likely' };
  }
  return guesses;
}

/** Fewer could be answers that are words of a header by chance, such as "No". */
const KNOWN_IN_HEADER = 3;

/** Whether a record of a file is its header rather than a title above it: some of its cells are known to name a column each. */
export const looksLikeHeader = (cells: readonly string[]): boolean =>
  new Set(cells.flatMap((cell) => knownAs(cell)?.name ?? [])).size >= KNOWN_IN_HEADER;
