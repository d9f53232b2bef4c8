/** One kind of error that the API can answer with (RFC 9457). */
export interface ProblemKind {
  readonly code: string;
  readonly status: number;
  readonly title: string;
}

/** A place in the input and what is wrong there: a JSON pointer, or a row and a cell. */
export interface ProblemPlace {
  readonly pointer?: string;
  readonly row?: number;
  readonly cell?: string;
  readonly detail: string;
}

/** What the caller may need to act on an error; never a secret or another person's data. */
export type ProblemFacts = Readonly<Record<string, string | number | boolean | null>>;

/** An error with an answer: thrown anywhere below a route, turned into `application/problem+json` in one place. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly places: readonly ProblemPlace[];
  readonly facts: ProblemFacts;

  constructor(kind: ProblemKind, detail: string, facts: ProblemFacts = {}, places: readonly ProblemPlace[] = []) {
    super(detail);
    this.name = 'Problem';
    this.kind = kind;
    this.facts = facts;
    this.places = places;
  }

  get code(): string {
    return this.kind.code;
  }

  get status(): number {
    return this.kind.status;
  }

  /** The body of the answer (RFC 9457 section 3). */
  toJSON(): ProblemBody {
    return {
      ...this.facts,
      type: `/problems/${this.kind.code}`,
      title: this.kind.title,
      status: this.kind.status,
      code: this.kind.code,
      detail: this.message,
      ...(this.places.length > 0 ? { errors: this.places } : {}),
    };
  }
}

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly ProblemPlace[];
  readonly [fact: string]: unknown;
}

const registry = new Map<string, ProblemKind>();

type Throwable = (detail: string, facts?: ProblemFacts, places?: readonly ProblemPlace[]) => Problem;

/**
 * Adds kinds of error to the one registry.
 * @param kinds code → status and title
 * @returns a maker of errors for each code; a code that exists already is refused
 */
export function defineProblems<const Kinds extends Record<string, readonly [status: number, title: string]>>(
  kinds: Kinds,
): { readonly [Code in keyof Kinds]: Throwable } {
  const makers: Record<string, Throwable> = {};
  for (const [code, [status, title]] of Object.entries(kinds)) {
    if (registry.has(code)) throw new Error(`problem "${code}" is defined twice`);
    const kind = { code, status, title };
    registry.set(code, kind);
    makers[code] = (detail, facts, places) => new Problem(kind, detail, facts, places);
  }
  return makers as { readonly [Code in keyof Kinds]: Throwable };
}

/** Every kind of error, sorted by code: for the documentation and the tests. */
export const problemKinds = (): ProblemKind[] => [...registry.values()].sort((a, b) => a.code.localeCompare(b.code));

export const problem = defineProblems({
  invalid_request: [400, 'The request is not in the form the contract asks for'],
  unauthenticated: [401, 'Sign in first'],
  step_up_required: [401, 'A fresh second factor is needed'],
  forbidden: [403, 'Your roles do not allow this'],
  cross_site: [403, 'The request may come from another site'],
  not_found: [404, 'There is no such record'],
  method_not_allowed: [405, 'This address does not take this method'],
  request_timeout: [408, 'The request took too long to arrive'],
  conflict: [409, 'The record has changed or is in another state'],
  in_progress: [409, 'The same request is still being carried out'],
  too_large: [413, 'The request is too large'],
  unsupported_media_type: [415, 'This content type is not accepted here'],
  unprocessable: [422, 'The request breaks a rule'],
  idempotency_key_reused: [422, 'This idempotency key was used for another request'],
  too_many_requests: [429, 'Too many attempts'],
  internal_error: [500, 'Something went wrong on our side'],
  not_recorded: [503, 'What is read of people cannot be recorded at the moment, so it is not shown'],
  busy: [503, 'The system is busy; nothing was changed'],
});
