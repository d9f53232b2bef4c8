import type { Actor } from './actor.ts';
import type { Contract, Operation } from './contract.ts';
import { type Problem, problem } from './problems.ts';
import { type Purpose, purposes } from './purposes.ts';
import { say } from './words/index.ts';

/** That somebody was shown people: who, what for, by which operation, and whom. */
export interface PersonRead {
  readonly reader: Pick<Actor, 'id' | 'kind' | 'sessionId' | 'keyId'>;
  readonly operation: string;
  readonly purpose: Purpose;
  /** Whether the reader said so; otherwise it is what the operation is there for. */
  readonly isStated: boolean;
  /** Whether the reading can still be refused: nothing was changed by it. */
  readonly canBeRefused: boolean;
  readonly programmeId: string | null;
  readonly beneficiaryIds: readonly string[];
  /** Where people were read who have no record, or none that the answer names: a file of registrations, a household. */
  readonly source: { readonly type: string; readonly id: string } | null;
  readonly requestId: string | null;
}

/** Keeps who read whom. */
export interface ReadRecorder {
  /**
   * Resolves once the readings are kept for good.
   * @throws invalid_request when one needs a purpose that was not stated; anything else when they cannot be kept
   */
  record(reads: readonly PersonRead[]): Promise<void>;
}

/** What the recording of one answer needs to know of its request. */
export interface ReadRequest {
  readonly actor: Actor;
  readonly params: Readonly<Record<string, string | string[] | undefined>>;
  readonly stated: string | undefined;
  readonly requestId: string;
}

/** The readings of one request: which of them are kept already, because a command kept them with what it did. */
export class RequestReads {
  readonly #find: (answer: unknown) => readonly PersonRead[];
  readonly #kept = new Set<string>();

  /** @param find whom an answer shows */
  constructor(find: (answer: unknown) => readonly PersonRead[]) {
    this.#find = find;
  }

  /** Whom an answer shows, as far as that is not kept yet. */
  leftOf(answer: unknown): readonly PersonRead[] {
    return this.#find(answer).filter((read) => !this.#kept.has(whomOf(read)));
  }

  /** As {@link leftOf}, of what a command gives: a reading that may yet be refused for want of a purpose is not kept with it. */
  withCommand(result: unknown): readonly PersonRead[] {
    return this.leftOf(result).filter(({ canBeRefused }) => !canBeRefused);
  }

  /** Notes that these were committed. */
  noteKept(reads: readonly PersonRead[]): void {
    for (const read of reads) this.#kept.add(whomOf(read));
  }
}

const whomOf = ({ programmeId, beneficiaryIds, source }: PersonRead): string => JSON.stringify([programmeId, beneficiaryIds, source]);

/** The header in which a reader says what for. */
export const PURPOSE_HEADER = 'Sanad-Purpose';

/**
 * Finds, in the answers of one operation, the people whom it shows, as its `x-people` or `x-people-in` says.
 * @returns undefined for an operation that shows nobody
 * @throws Error when the contract marks it in a way that cannot be followed
 */
export function readsOf(
  { id, method, definition }: Operation,
  contract: Contract,
): ((request: ReadRequest, answer: unknown) => PersonRead[]) | undefined {
  const { 'x-people': pointers, 'x-people-in': place, 'x-programme': programme, 'x-purpose': usual } = definition;
  if (!pointers && !place) return undefined;
  if (!usual || !purposes.includes(usual)) throw new Error(`${id} shows people and has no x-purpose`);
  const canBeRefused = method === 'get' || !changesSomething(definition.parameters ?? [], contract);
  const finders = (pointers ?? []).map(finderOf);
  const [sourceType = '', parameter = ''] = place?.split(' ') ?? [];
  return ({ actor, params, stated, requestId }, answer) => {
    const source = place ? { type: sourceType, id: String(params[nameIn(parameter)]) } : null;
    const read = (programmeId: string | null, beneficiaryIds: readonly string[]): PersonRead => ({
      reader: actor,
      operation: id,
      purpose: (stated as Purpose | undefined) ?? usual,
      isStated: stated !== undefined,
      canBeRefused,
      programmeId,
      beneficiaryIds,
      source,
      requestId,
    });
    const within = typeof params['programmeId'] === 'string' ? params['programmeId'] : null;
    if (programme?.includes('*')) return byProgramme(finders, finderOf(programme), params, answer).map(([key, ids]) => read(key, ids));
    const ids = [...new Set(finders.flatMap((find) => find(answer, params)))];
    if (ids.length === 0 && !source) return [];
    return [read(within ?? (programme ? (finderOf(programme)(answer, params)[0] ?? null) : null), ids)];
  };
}

type Finder = (answer: unknown, params: ReadRequest['params']) => string[];

const nameIn = (braced: string): string => braced.slice(1, -1);

/** `{name}` is a value of the path; anything else a pointer into the answer, in which `*` is every element. */
function finderOf(pointer: string): Finder {
  if (pointer.startsWith('{')) return (_answer, params) => [String(params[nameIn(pointer)])];
  const steps = pointer.split('/').slice(1);
  return (answer) =>
    steps
      .reduce<unknown[]>(
        (found, step) =>
          found.flatMap((at) => {
            if (at === null || typeof at !== 'object') return [];
            return step === '*' ? (Array.isArray(at) ? at : []) : [(at as Record<string, unknown>)[step]];
          }),
        [answer],
      )
      .filter((value): value is string => typeof value === 'string');
}

function byProgramme(finders: readonly Finder[], programmes: Finder, params: ReadRequest['params'], answer: unknown): [string, string[]][] {
  const shown = new Map<string, string[]>();
  const keys = programmes(answer, params);
  for (const find of finders) {
    const ids = find(answer, params);
    if (ids.length !== keys.length) throw new Error('x-people and x-programme point at lists of different lengths');
    keys.forEach((key, i) => {
      shown.set(key, [...(shown.get(key) ?? []), ids[i] as string]);
    });
  }
  return [...shown];
}

/** What changes something takes a key or a version. */
const changesSomething = (parameters: readonly object[], contract: Contract): boolean =>
  parameters.some((parameter) => {
    const name = '$ref' in parameter ? String(parameter.$ref).split('/').at(-1) : '';
    const known = name && (contract.components['parameters'] as Record<string, { name: string }> | undefined)?.[name]?.name;
    return ['Idempotency-Key', 'If-Match'].includes(known || (parameter as { name?: string }).name || '');
  });

/** Says that a reading needs a purpose. */
export const purposeNeeded = (): Problem =>
  problem.invalid_request(say('purpose_missing', { header: PURPOSE_HEADER }), {}, [
    { pointer: `/header/${PURPOSE_HEADER.toLowerCase()}`, detail: say('not_one_of', { choices: purposes.join(', ') }) },
  ]);
