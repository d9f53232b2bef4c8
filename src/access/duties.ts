import type { Problem, ProblemFacts, Text } from '../platform/index.ts';
import type { PermissionName } from './permissions.ts';
import { accessProblem } from './problems.ts';
import { say } from './words-duties.ts';

/** A step of a record that somebody may not take because of what they did on the same record before. */
export interface Duty {
  /** What the steps are taken on. */
  readonly record: string;
  readonly step: string;
  /** The permission under which the step is taken, where a command takes it. */
  readonly permission?: PermissionName;
  /** The steps that exclude from this one. */
  readonly notBy: string;
  /** What in the database refuses it, whoever writes. */
  readonly constraint: string;
  /** What somebody is told whom it refuses. */
  readonly detail: Text;
}

const oneHand = say('one_hand_a_list');
const decide = say('decides_on_own_people');
const drew = say('drew_advance');
const ownTill = say('own_till');

// Rules that hold for several steps.
const handlesCash = {
  notBy: 'any hand in its list; entered or verified the person',
  constraint: 'payouts_by_another',
  detail: say('handles_own_cash'),
} as const;
const matchesOwn = {
  notBy: 'paid, voided, drew; any hand in its list',
  constraint: 'statement_decisions_by_another',
  detail: say('matches_own_cash'),
} as const;
const closesOwn = {
  notBy: 'paid, voided; any hand in its list',
  constraint: 'exceptions_resolved_by_another',
  detail: say('closes_own_exception'),
} as const;
const withdrawsOwn = {
  notBy: 'paid or voided cash that it speaks of; any hand in its list',
  constraint: 'statement_withdrawals_by_another',
  detail: say('withdraws_own_statement'),
} as const;
const settlesOwn = {
  notBy: 'paid or voided any of the office and fund; any hand in a list that was paid there of it',
  constraint: 'settlements_by_another',
  detail: say('settles_own_cash'),
} as const;
const mergesOwn = {
  notBy: 'entered or verified either person',
  constraint: 'mergers_by_another',
  detail: decide,
} as const;

/**
 * Separation of duties on the record itself, across all its steps and whatever roles somebody holds. Each rule is a constraint, so that
 * nothing that writes goes round it; a command that breaks one is refused in the words of this table.
 */
export const duties = [
  {
    record: 'payment list',
    step: 'submitted',
    permission: 'payments.submit_list',
    notBy: 'nobody; who built it, held lines of it back or put them back, and who submits it, are its makers',
    constraint: 'payment_list_hands_one_each',
    detail: oneHand,
  },
  {
    record: 'payment list',
    step: 'approved, each signature',
    permission: 'payments.approve_list',
    notBy: 'made, submitted, another signature, in any round; nor by who signed in their place',
    constraint: 'payment_list_hands_one_each',
    detail: oneHand,
  },
  {
    record: 'payment list',
    step: 'rejected',
    permission: 'payments.reject_list',
    notBy: 'made, submitted, signed',
    constraint: 'payment_list_hands_one_each',
    detail: oneHand,
  },
  {
    record: 'payment list',
    step: 'released',
    permission: 'payments.release_list',
    notBy: 'made, submitted, signed',
    constraint: 'payment_list_hands_one_each',
    detail: oneHand,
  },
  {
    record: 'tranche of reintegration cash',
    step: 'signed',
    permission: 'assistance.sign_tranche',
    notBy: 'confirmed a condition of it',
    constraint: 'draws_signed_by_another',
    detail: say('signs_own_tranche'),
  },
  {
    record: 'sheet of attendance',
    step: 'signed',
    permission: 'assistance.sign_attendance',
    notBy: 'entered it',
    constraint: 'attendance_sheets_signed_by_another',
    detail: say('signs_own_sheet'),
  },
  {
    record: 'payment list',
    step: 'approved, by a deputy',
    permission: 'payments.approve_list',
    notBy: 'whom the deputy signs for',
    constraint: 'payment_list_hands_one_authority',
    detail: say('one_signature_of_two'),
  },
  {
    record: 'lines of a released list',
    step: 'cancelled',
    permission: 'payments.confirm_cancellation',
    notBy: 'proposed it',
    constraint: 'payment_list_cancellations_two_people',
    detail: say('confirms_own_proposal'),
  },
  {
    record: 'pay-out',
    step: 'paid',
    permission: 'cashout.redeem',
    ...handlesCash,
  },
  {
    record: 'pay-out',
    step: 'paid after a look-up',
    permission: 'cashout.pay',
    ...handlesCash,
  },
  {
    record: 'till',
    step: 'opened',
    permission: 'cashout.open_till',
    notBy: 'the agent whose it is',
    constraint: 'tills_opened_by_another',
    detail: ownTill,
  },
  {
    record: 'till',
    step: 'given cash from the safe',
    permission: 'cashout.top_up_till',
    notBy: 'the agent whose it is',
    constraint: 'till_top_ups_by_another',
    detail: ownTill,
  },
  {
    record: 'till',
    step: 'signed for',
    permission: 'cashout.sign_till',
    notBy: 'the agent whose it is',
    constraint: 'tills_signed_by_another',
    detail: ownTill,
  },
  {
    record: 'pay-out',
    step: 'voided',
    permission: 'cashout.void_payout',
    ...handlesCash,
  },
  {
    record: 'pay-out',
    step: 'voided',
    permission: 'cashout.void_payout',
    notBy: 'paid',
    constraint: 'payouts_void_by_another',
    detail: say('voids_own_payout'),
  },
  {
    record: 'pay-out',
    step: 'delivered by hand',
    permission: 'handovers.deliver',
    ...handlesCash,
  },
  {
    record: 'pay-out',
    step: 'its signed receipt witnessed',
    permission: 'handovers.deliver',
    notBy: 'delivered; any hand in its list; nobody outside the programme',
    constraint: 'deliveries_witnessed_by_another',
    detail: say('witness_not_free'),
  },
  {
    record: 'pay-out',
    step: 'its signed receipt confirmed or disputed',
    permission: 'handovers.answer_as_witness',
    notBy: 'anybody but the witness',
    constraint: 'delivery_answers_by_witness',
    detail: say('only_the_witness'),
  },
  {
    record: 'pay-out',
    step: 'accepted where its witness does not confirm it',
    permission: 'handovers.accept_delivery',
    notBy: 'delivered or witnessed it',
    constraint: 'delivery_answers_accepted_by_another',
    detail: say('accepts_own_delivery'),
  },
  {
    record: 'pay-out',
    step: 'a delivery by hand voided',
    permission: 'handovers.void_delivery',
    ...handlesCash,
  },
  {
    record: 'pay-out',
    step: 'a delivery by hand voided',
    permission: 'handovers.void_delivery',
    notBy: 'delivered it',
    constraint: 'payouts_void_by_another',
    detail: say('voids_own_delivery'),
  },
  {
    record: 'voucher',
    step: 'cancelled, reissued or unlocked',
    permission: 'vouchers.confirm_change',
    notBy: 'asked for it',
    constraint: 'voucher_changes_two_people',
    detail: say('confirms_own_request'),
  },
  {
    record: 'advance',
    step: 'handed over',
    permission: 'handovers.hand_over',
    notBy: 'drew it',
    constraint: 'advances_handed_by_another',
    detail: drew,
  },
  {
    record: 'advance',
    step: 'its rest taken back',
    permission: 'handovers.take_back',
    notBy: 'drew it',
    constraint: 'advance_returns_by_another',
    detail: drew,
  },
  {
    record: 'advance',
    step: 'refused or closed',
    permission: 'handovers.close_advance',
    notBy: 'drew it',
    constraint: 'advances_closed_by_another',
    detail: drew,
  },
  {
    record: 'advance',
    step: 'closed, or its loss confirmed',
    permission: 'handovers.close_advance',
    notBy: 'accepted a delivery that its witness did not confirm',
    constraint: 'advances_accepted_by_another',
    detail: say('accepted_unwitnessed'),
  },
  {
    record: 'advance',
    step: 'reported as lost',
    permission: 'handovers.report_loss',
    notBy: 'drew it',
    constraint: 'advances_loss_reported_by_another',
    detail: drew,
  },
  {
    record: 'advance',
    step: 'its loss confirmed',
    permission: 'handovers.confirm_loss',
    notBy: 'drew it, handed it over, reported the loss',
    constraint: 'advances_lost_by_two',
    detail: say('confirms_own_loss'),
  },
  {
    record: 'offline pack',
    step: 'prepared',
    permission: 'offline.prepare',
    notBy: 'who will pay from it',
    constraint: 'offline_packs_agent_is_another',
    detail: say('prepares_own_pack'),
  },
  {
    record: 'offline pack',
    step: 'closed',
    permission: 'offline.close',
    notBy: 'paid from it',
    constraint: 'offline_packs_closed_by_another',
    detail: say('closes_own_pack'),
  },
  {
    record: 'offline pack',
    step: 'its device confirmed as lost',
    permission: 'offline.confirm_loss',
    notBy: 'reported it',
    constraint: 'offline_packs_lost_by_two',
    detail: say('confirms_own_lost_device'),
  },
  {
    record: 'offline pack',
    step: 'a conflict of it decided',
    permission: 'offline.resolve_conflict',
    notBy: 'paid from it, prepared it; any hand in the list',
    constraint: 'offline_conflicts_resolved_by_another',
    detail: say('resolves_own_conflict'),
  },
  {
    record: 'fraud signal',
    step: 'taken on and judged',
    permission: 'signals.review',
    notBy: 'whose doing it may be: paid, tried codes, changed the telephone or the collector, registered the people',
    constraint: 'signals_judged_by_another',
    detail: say('judges_oneself'),
  },
  {
    record: 'feedback',
    step: 'given an owner',
    permission: 'feedback.assign',
    notBy: 'whom it is about',
    constraint: 'feedback_cases_not_by_accused',
    detail: say('accused_of_it'),
  },
  {
    record: 'feedback',
    step: 'moved, noted on or told of',
    permission: 'feedback.move',
    notBy: 'whom it is about',
    constraint: 'feedback_steps_not_by_accused',
    detail: say('accused_of_it'),
  },
  {
    record: 'interview after a pay-out',
    step: 'asked',
    permission: 'monitoring.assign',
    notBy: 'paid or voided; any hand in its list; entered or verified the person',
    constraint: 'survey_interviews_by_another',
    detail: say('interviewer_not_free'),
  },
  {
    record: 'pay-out',
    step: 'matched with a statement',
    permission: 'reconciliation.import_statement',
    notBy: 'paid, voided; any hand in its list',
    constraint: 'statement_matches_by_another',
    detail: say('imports_own_statement'),
  },
  {
    record: 'statement',
    step: 'taken in',
    permission: 'reconciliation.import_statement',
    notBy: 'paid or voided a pay-out that it agrees with; any hand in its list',
    constraint: 'statements_by_another',
    detail: say('takes_in_own_statement'),
  },
  {
    record: 'pay-out',
    step: 'matched with a statement again',
    permission: 'reconciliation.run_matching',
    notBy: 'paid, voided; any hand in its list',
    constraint: 'statement_matches_by_another',
    detail: say('matches_own_statement'),
  },
  {
    record: 'statement',
    step: 'its withdrawal asked for',
    permission: 'reconciliation.ask_withdrawal',
    ...withdrawsOwn,
  },
  {
    record: 'statement',
    step: 'withdrawn',
    permission: 'reconciliation.confirm_withdrawal',
    ...withdrawsOwn,
  },
  {
    record: 'statement',
    step: 'withdrawn',
    permission: 'reconciliation.confirm_withdrawal',
    notBy: 'asked for it',
    constraint: 'statement_withdrawals_two_people',
    detail: say('confirms_own_withdrawal'),
  },
  {
    record: 'pay-out or advance',
    step: 'matched by hand',
    permission: 'reconciliation.match_by_hand',
    ...matchesOwn,
  },
  {
    record: 'pay-out or advance',
    step: 'its match taken apart',
    permission: 'reconciliation.unmatch',
    ...matchesOwn,
  },
  {
    record: 'pay-out',
    step: 'its exception resolved',
    permission: 'reconciliation.resolve_exception',
    ...closesOwn,
  },
  {
    record: 'pay-out',
    step: 'what its exception posts proposed, or a claim of it ended',
    permission: 'reconciliation.propose_resolution',
    ...closesOwn,
  },
  {
    record: 'pay-out',
    step: 'its exception given to somebody',
    permission: 'reconciliation.assign_exception',
    notBy: 'to nobody who paid or voided it, or had any hand in its list',
    constraint: 'exceptions_owned_by_another',
    detail: say('owner_not_free'),
  },
  {
    record: 'exception',
    step: 'what it posts approved, and its reopening',
    permission: 'reconciliation.approve_resolution',
    notBy: 'proposed it; paid, voided; any hand in its list',
    constraint: 'exception_decisions_two_people',
    detail: say('approves_own_proposal'),
  },
  {
    record: 'settlement',
    step: 'made',
    permission: 'reconciliation.draft_settlement',
    ...settlesOwn,
  },
  {
    record: 'settlement',
    step: 'submitted',
    permission: 'reconciliation.submit_settlement',
    ...settlesOwn,
  },
  {
    record: 'settlement',
    step: 'approved',
    permission: 'reconciliation.approve_settlement',
    ...settlesOwn,
  },
  {
    record: 'settlement',
    step: 'approved',
    permission: 'reconciliation.approve_settlement',
    notBy: 'made or submitted it',
    constraint: 'settlements_approved_by_another',
    detail: say('decides_own_settlement'),
  },
  {
    record: 'settlement',
    step: 'rejected',
    permission: 'reconciliation.reject_settlement',
    notBy: 'made or submitted it',
    constraint: 'settlements_approved_by_another',
    detail: say('decides_own_settlement'),
  },
  {
    record: 'settlement',
    step: 'instructed',
    permission: 'reconciliation.instruct_settlement',
    ...settlesOwn,
  },
  {
    record: 'settlement',
    step: 'instructed',
    permission: 'reconciliation.instruct_settlement',
    notBy: 'set where the money goes, in any version since it last went elsewhere',
    constraint: 'settlements_instructed_by_another',
    detail: say('sends_to_own_account'),
  },
  {
    record: 'settlement',
    step: 'paid',
    permission: 'reconciliation.confirm_settlement',
    ...settlesOwn,
  },
  {
    record: 'settlement',
    step: 'cancelled',
    permission: 'reconciliation.cancel_settlement',
    ...settlesOwn,
  },
  {
    record: 'settlement',
    step: 'cancelled, after the bank was told to pay it',
    permission: 'reconciliation.cancel_settlement',
    notBy: 'made, submitted or instructed it',
    constraint: 'settlements_cancelled_by_another',
    detail: say('calls_off_own_settlement'),
  },
  {
    record: 'accounts of the post',
    step: 'confirmed',
    permission: 'reconciliation.confirm_post_terms',
    notBy: 'set them',
    constraint: 'post_terms_two_people',
    detail: say('confirms_own_accounts'),
  },
  {
    record: 'invoice of the post',
    step: 'decided',
    permission: 'reconciliation.decide_invoice',
    notBy: 'recorded it',
    constraint: 'post_invoices_decided_by_another',
    detail: say('decides_own_invoice'),
  },
  {
    record: 'invoice of the post',
    step: 'decided',
    permission: 'reconciliation.decide_invoice',
    notBy: 'paid or voided any of its offices; any hand in a list that was paid there',
    constraint: 'post_invoices_by_another',
    detail: say('decides_invoice_of_own_cash'),
  },
  {
    record: 'remainder owed to the post',
    step: 'carried forward',
    permission: 'ledger.confirm_carry_forward',
    notBy: 'asked for it',
    constraint: 'ledger_carry_forwards_two_people',
    detail: say('confirms_own_request'),
  },
  {
    record: 'person',
    step: 'verified',
    permission: 'beneficiaries.verify',
    notBy: 'entered, changed',
    constraint: 'enrolments_verified_by_another',
    detail: say('verifies_own_person'),
  },
  {
    record: 'telephone number',
    step: 'confirmed',
    permission: 'beneficiaries.confirm_phone',
    notBy: 'changed it, or merged the records by which it came, since it was trusted last',
    constraint: 'phone_holds_two_people',
    detail: say('confirms_own_phone'),
  },
  {
    record: 'duplicate pair',
    step: 'decided',
    permission: 'deduplication.decide_pair',
    notBy: 'entered or verified either person',
    constraint: 'duplicate_pairs_decided_by_another',
    detail: decide,
  },
  {
    record: 'duplicate pair',
    step: 'merged',
    permission: 'deduplication.decide_pair',
    ...mergesOwn,
  },
  {
    record: 'duplicate pair',
    step: 'merger undone',
    permission: 'deduplication.undo_merger',
    ...mergesOwn,
  },
  {
    record: 'matching model',
    step: 'put to use',
    permission: 'deduplication.use_model',
    notBy: 'estimated',
    constraint: 'matching_model_uses_by_another',
    detail: say('uses_own_model'),
  },
  {
    record: 'role',
    step: 'granted',
    permission: 'access.grant_role',
    notBy: 'who is to hold it',
    constraint: 'role_grants_not_to_oneself',
    detail: say('grants_to_oneself'),
  },
  {
    record: 'erasure',
    step: 'confirmed',
    permission: 'privacy.confirm_erasure',
    notBy: 'asked for it',
    constraint: 'erasures_two_people',
    detail: say('confirms_own_erasure'),
  },
  {
    record: 'period of the books',
    step: 'opened again',
    permission: 'ledger.confirm_reopening',
    notBy: 'asked for it',
    constraint: 'ledger_reopenings_two_people',
    detail: say('confirms_own_reopening'),
  },
  {
    record: 'key of a machine',
    step: 'confirmed',
    permission: 'access.confirm_key',
    notBy: 'made it',
    constraint: 'api_keys_two_people',
    detail: say('confirms_own_key'),
  },
  {
    record: 'gateway',
    step: 'enabled',
    permission: 'messaging.change_gateway',
    notBy: 'set it up, or changed its settings, credentials or place since it was enabled last',
    constraint: 'gateways_two_people',
    detail: say('enables_own_gateway'),
  },
  {
    record: 'scheduled export',
    step: 'approved, where people are in it',
    permission: 'exports.approve',
    notBy: 'defined it; whom the files are for',
    constraint: 'export_definitions_two_people',
    detail: say('approves_own_export'),
  },
  {
    record: 'webhook',
    step: 'enabled',
    permission: 'webhooks.enable',
    notBy: 'set it up, or changed its address or events since it was enabled last',
    constraint: 'webhooks_two_people',
    detail: say('enables_own_webhook'),
  },
] as const satisfies readonly Duty[];

type DutyConstraint = (typeof duties)[number]['constraint'];

/** The refusal of somebody who breaks a rule of {@link duties}, by its constraint. @param facts what the caller may need to act on it */
export function separationOfDuties(constraint: DutyConstraint, facts?: ProblemFacts): Problem {
  const { detail } = duties.find((duty) => duty.constraint === constraint) ?? duties[0];
  return accessProblem.separation_of_duties(detail, facts);
}

/** The same for whatever constraint a command has broken; undefined when it is no rule of {@link duties}. */
export const dutyRefusal = (constraint: string): Problem | undefined =>
  duties.some((duty) => duty.constraint === constraint) ? separationOfDuties(constraint as DutyConstraint) : undefined;
