/** The roles of the domain. */
export const roles = [
  'enrolment_officer',
  'programme_officer',
  'approver',
  'finance_officer',
  'agent',
  'office_supervisor',
  'field_officer',
  'donor',
  'auditor',
  'administrator',
  'feedback_officer',
  'protection_officer',
  'interviewer',
] as const;

export type Role = (typeof roles)[number];

/** What the platform's own doors hold, and no user: an organisation with a key, and anybody at all. */
export const doorRoles = ['partner', 'public'] as const;

export type DoorRole = (typeof doorRoles)[number];

/** The kinds of place that a record lies in and that a role is granted for. */
export const scopeKinds = ['programme', 'office', 'fund'] as const;

export type ScopeKind = (typeof scopeKinds)[number];

/** What a role may be granted for: one place of one of these kinds or, unless a place is obligatory, everywhere. */
export interface RolePlaces {
  readonly kinds: readonly ScopeKind[];
  /** Whether the role means nothing, or far too much, without a place. */
  readonly obligatory?: true;
}

/**
 * For what each role is granted. One place and no more: a fund lies in one programme already, and no record of people lies in an office, so
 * a second place would add nothing or leave nothing.
 */
export const rolePlaces: Readonly<Record<Role, RolePlaces>> = {
  enrolment_officer: { kinds: ['programme'] },
  programme_officer: { kinds: ['programme'] },
  approver: { kinds: ['programme', 'fund'] },
  finance_officer: { kinds: ['programme', 'fund'] },
  agent: { kinds: ['office'], obligatory: true },
  office_supervisor: { kinds: ['office'], obligatory: true },
  field_officer: { kinds: ['programme'] },
  donor: { kinds: ['fund'], obligatory: true },
  auditor: { kinds: ['programme', 'office', 'fund'] },
  administrator: { kinds: ['programme', 'office'] },
  feedback_officer: { kinds: ['programme'] },
  protection_officer: { kinds: ['programme'] },
  interviewer: { kinds: ['programme'] },
};

/** Roles that control each other, so that nobody holds both, whatever they are granted for. The database holds the same list. */
export const incompatibleRoles: readonly (readonly [Role, Role])[] = [
  ['administrator', 'approver'],
  ['administrator', 'finance_officer'],
  ['administrator', 'agent'],
  ['administrator', 'office_supervisor'],
  ['administrator', 'field_officer'],
  ['administrator', 'programme_officer'],
  ['auditor', 'enrolment_officer'],
  ['auditor', 'programme_officer'],
  ['auditor', 'approver'],
  ['auditor', 'finance_officer'],
  ['auditor', 'agent'],
  ['auditor', 'office_supervisor'],
  ['auditor', 'field_officer'],
  ['auditor', 'administrator'],
  ['agent', 'enrolment_officer'],
  ['agent', 'programme_officer'],
  ['agent', 'approver'],
  ['agent', 'finance_officer'],
  ['donor', 'programme_officer'],
  ['donor', 'approver'],
  ['donor', 'finance_officer'],
  ['feedback_officer', 'agent'],
  ['feedback_officer', 'office_supervisor'],
  ['feedback_officer', 'field_officer'],
  ['feedback_officer', 'auditor'],
  ['feedback_officer', 'administrator'],
  ['protection_officer', 'agent'],
  ['protection_officer', 'office_supervisor'],
  ['protection_officer', 'field_officer'],
  ['protection_officer', 'auditor'],
  ['protection_officer', 'administrator'],
  ['interviewer', 'agent'],
  ['interviewer', 'office_supervisor'],
  ['interviewer', 'field_officer'],
  ['interviewer', 'auditor'],
  ['interviewer', 'administrator'],
  ['protection_officer', 'finance_officer'],
  ['protection_officer', 'approver'],
  ['protection_officer', 'donor'],
  ['feedback_officer', 'donor'],
  ['interviewer', 'donor'],
];

/** Roles whose signature a step of a payment list may ask for, and which may be granted up to a limit. */
export const signingRoles: readonly Role[] = ['approver', 'programme_officer', 'finance_officer'];
