import type { Language } from './languages.ts';
import { type Said, type Text, textWithoutValues } from './texts.ts';
import { say } from './words/index.ts';

/** One kind of error that the API can answer with (RFC 9457). */
export interface ProblemKind {
  readonly code: string;
  readonly status: number;
  readonly title: Said;
}

interface Place {
  readonly pointer?: string;
  readonly row?: number;
  readonly cell?: string;
}

/** A place in the input and what is wrong there: a JSON pointer, or a row and a cell. What is no text yet is English. */
export interface ProblemPlace extends Place {
  readonly detail: Text | string;
}

type Shown<Wrong extends ProblemPlace> = Omit<Wrong, 'detail'> & { readonly code?: string; readonly detail: string };

/** The same as it is shown. */
export type ShownPlace = Shown<ProblemPlace>;

/** What the caller may need to act on an error; never a secret or another person's data. */
export type ProblemFacts = Readonly<Record<string, string | number | boolean | null>>;

/** An error with an answer: thrown anywhere below a route, turned into `application/problem+json` in one place, in the language of who asks. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly detail: Text | string;
  readonly places: readonly ProblemPlace[];
  readonly facts: ProblemFacts;

  /** @param detail what is no text yet is English; to who reads something else, the general words of its kind are said where there are such */
  constructor(kind: ProblemKind, detail: Text | string, facts: ProblemFacts = {}, places: readonly ProblemPlace[] = []) {
    super(saidIn('en', detail));
    this.name = 'Problem';
    this.kind = kind;
    this.detail = detail;
    this.facts = facts;
    this.places = places;
  }

  get code(): string {
    return this.kind.code;
  }

  get status(): number {
    return this.kind.status;
  }

  /** The body of the answer (RFC 9457 section 3), in English. */
  toJSON(): ProblemBody {
    return this.in('en');
  }

  /** The body of the answer in a language. */
  in(language: Language): ProblemBody {
    const { code, status, title } = this.kind;
    const errors = shownPlaces(this.places, language);
    return {
      ...this.facts,
      type: `/problems/${code}`,
      title: title[language],
      status,
      code,
      detail: saidIn(language, this.#detailFor(language)),
      ...(errors.length > 0 ? { errors } : {}),
    };
  }

  /** The languages of the answer (RFC 9110 section 8.5): what is no text yet is English among others. */
  languagesIn(language: Language): Language[] {
    const isSaid = typeof this.#detailFor(language) !== 'string' && this.places.every(({ detail }) => typeof detail !== 'string');
    return language === 'en' || isSaid ? [language] : [language, 'en'];
  }

  #detailFor(language: Language): Text | string {
    if (language === 'en' || typeof this.detail !== 'string') return this.detail;
    return textWithoutValues(this.code) ?? this.detail;
  }
}

/** What is wrong where, in a language. */
export const shownPlaces = <Wrong extends ProblemPlace>(places: readonly Wrong[], language: Language = 'en'): Shown<Wrong>[] =>
  places.map(({ detail, ...place }) =>
    typeof detail === 'string' ? { ...place, detail } : { ...place, code: detail.code, detail: detail[language] },
  );

const saidIn = (language: Language, detail: Text | string): string => (typeof detail === 'string' ? detail : detail[language]);

/** A problem as it is kept to be answered again, in whichever language that is asked for. */
export interface KeptProblem {
  readonly code: string;
  readonly detail: Text | string;
  readonly facts: ProblemFacts;
  readonly places: readonly ProblemPlace[];
}

/** A problem as plain data. */
export const keptProblem = ({ code, detail, facts, places }: Problem): KeptProblem => ({ code, detail, facts, places });

/** What {@link keptProblem} made, as an error again. */
export function problemKept({ code, detail, facts, places }: KeptProblem): Problem {
  const kind = registry.get(code);
  if (!kind) throw new Error(`there is no problem "${code}"`);
  return new Problem(kind, detail, facts, places);
}

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly ShownPlace[];
  readonly [fact: string]: unknown;
}

const registry = new Map<string, ProblemKind>();

type Throwable = (detail: Text | string, facts?: ProblemFacts, places?: readonly ProblemPlace[]) => Problem;

/**
 * Adds kinds of error to the one registry.
 * @param kinds code → status, and title in each language
 * @returns a maker of errors for each code; a code that exists already is refused
 */
export function defineProblems<const Kinds extends Record<string, readonly [status: number, en: string, fr: string, ar: string]>>(
  kinds: Kinds,
): { readonly [Code in keyof Kinds]: Throwable } {
  const makers: Record<string, Throwable> = {};
  for (const [code, [status, en, fr, ar]] of Object.entries(kinds)) {
    if (registry.has(code)) throw new Error(`problem "${code}" is defined twice`);
    const kind = { code, status, title: { en, fr, ar } };
    registry.set(code, kind);
    makers[code] = (detail, facts, places) => new Problem(kind, detail, facts, places);
  }
  return makers as { readonly [Code in keyof Kinds]: Throwable };
}

/** Every kind of error, sorted by code: for the documentation and the tests. */
export const problemKinds = (): ProblemKind[] => [...registry.values()].sort((a, b) => a.code.localeCompare(b.code));

export const problem = defineProblems({
  invalid_request: [
    400,
    'The request is not in the form the contract asks for',
    'La demande n’a pas la forme que le contrat demande',
    'الطلب ليس بالشكل الذي يطلبه العقد',
  ],
  unauthenticated: [401, 'Sign in first', 'Connectez-vous d’abord', 'سجّل الدخول أولًا'],
  step_up_required: [401, 'A fresh second factor is needed', 'Il faut un second facteur récent', 'يلزم عامل ثانٍ حديث'],
  forbidden: [403, 'Your roles do not allow this', 'Vos rôles ne le permettent pas', 'أدوارك لا تسمح بهذا'],
  cross_site: [403, 'The request may come from another site', 'La demande vient peut-être d’un autre site', 'قد يكون الطلب من موقع آخر'],
  not_found: [404, 'There is no such record', 'Cet enregistrement n’existe pas', 'لا يوجد سجل كهذا'],
  method_not_allowed: [
    405,
    'This address does not take this method',
    'Cette adresse n’accepte pas cette méthode',
    'هذا العنوان لا يقبل هذه الطريقة',
  ],
  request_timeout: [408, 'The request took too long to arrive', 'La demande a mis trop de temps à arriver', 'استغرق وصول الطلب وقتًا طويلًا'],
  conflict: [
    409,
    'The record has changed or is in another state',
    'L’enregistrement a changé ou est dans un autre état',
    'تغيّر السجل أو هو في حالة أخرى',
  ],
  in_progress: [409, 'The same request is still being carried out', 'La même demande est encore en cours', 'الطلب نفسه ما زال قيد التنفيذ'],
  too_large: [413, 'The request is too large', 'La demande est trop grande', 'الطلب كبير جدًا'],
  unsupported_media_type: [
    415,
    'This content type is not accepted here',
    'Ce type de contenu n’est pas accepté ici',
    'نوع المحتوى هذا غير مقبول هنا',
  ],
  unprocessable: [422, 'The request breaks a rule', 'La demande enfreint une règle', 'الطلب يخالف قاعدة'],
  idempotency_key_reused: [
    422,
    'This idempotency key was used for another request',
    'Cette clé d’idempotence a servi à une autre demande',
    'استُعمل هذا المفتاح لطلب آخر',
  ],
  too_many_requests: [429, 'Too many attempts', 'Trop d’essais', 'محاولات كثيرة جدًا'],
  internal_error: [500, 'Something went wrong on our side', 'Une erreur s’est produite de notre côté', 'حدث خطأ من جهتنا'],
  not_recorded: [
    503,
    'What is read of people cannot be recorded at the moment, so it is not shown',
    'La consultation de personnes ne peut pas être consignée en ce moment ; rien n’est donc montré',
    'لا يمكن الآن تسجيل الاطلاع على بيانات الأشخاص، ولذلك لا تُعرض',
  ],
  busy: [503, 'The system is busy; nothing was changed', 'Le système est occupé ; rien n’a été modifié', 'النظام مشغول ولم يتغيّر شيء'],
});

/** There is nothing at an address, or nothing that whoever asks may know of. */
export const nothingHere = (): Problem => problem.not_found(say('nothing_here'));

/** Refuses what does not fit the rules, place by place. */
export const placesWrong = (places: readonly ProblemPlace[], facts: ProblemFacts = {}): Problem =>
  problem.unprocessable(say('places_wrong'), facts, places);

/** Refuses what is not in the form that is asked for, place by place. */
export const malformed = (places: readonly ProblemPlace[]): Problem => problem.invalid_request(say('places_wrong'), {}, places);
