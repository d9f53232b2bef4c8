import type { Problem, ProblemFacts } from '../platform/index.ts';
import type { PermissionName } from './permissions.ts';
import { accessProblem } from './problems.ts';

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
  readonly detail: string;
}

const oneHand =
  'You have had a hand in this list already, and one list takes one hand of each person. ' +
  'Somebody else must approve what you made, release what you approved, and sign beside you.';
const decide = 'You registered or verified one of these people. Ask somebody else to decide.';
const drew = 'You drew this advance. A colleague of finance must do this.';
const ownTill = 'This is your own till. Another supervisor of the office must do this.';

// Rules that hold for several steps.
const handlesCash = {
  notBy: 'any hand in its list; entered or verified the person',
  constraint: 'payouts_by_another',
  detail: 'You had a hand in the list, or entered or verified the person. A colleague must handle this cash.',
} as const;
const matchesOwn = {
  notBy: 'paid, voided, drew; any hand in its list',
  constraint: 'statement_decisions_by_another',
  detail: 'You paid this cash out, drew it, or had a hand in its list. Ask a colleague to match it or to take the match apart.',
} as const;
const closesOwn = {
  notBy: 'paid, voided; any hand in its list',
  constraint: 'exceptions_resolved_by_another',
  detail: 'You paid this cash out or had a hand in its list. Ask a colleague to close the exception.',
} as const;
const withdrawsOwn = {
  notBy: 'paid or voided cash that it speaks of; any hand in its list',
  constraint: 'statement_withdrawals_by_another',
  detail: 'You paid cash that this statement speaks of, or had a hand in its list. Ask a colleague to have it withdrawn.',
} as const;
const settlesOwn = {
  notBy: 'paid or voided any of the office and fund; any hand in a list that was paid there of it',
  constraint: 'settlements_by_another',
  detail:
    'You paid out cash of this fund at one of these offices, or had a hand in a list that was paid there. Ask a colleague to settle it.',
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
    detail: 'You confirmed a condition of this tranche. Another programme officer or an approver has to sign it.',
  },
  {
    record: 'sheet of attendance',
    step: 'signed',
    permission: 'assistance.sign_attendance',
    notBy: 'entered it',
    constraint: 'attendance_sheets_signed_by_another',
    detail: 'You entered this sheet. Another programme officer or an approver has to sign it.',
  },
  {
    record: 'payment list',
    step: 'approved, by a deputy',
    permission: 'payments.approve_list',
    notBy: 'whom the deputy signs for',
    constraint: 'payment_list_hands_one_authority',
    detail: 'One of you two has signed this list already, and that is one signature. Somebody else must sign beside you.',
  },
  {
    record: 'lines of a released list',
    step: 'cancelled',
    permission: 'payments.confirm_cancellation',
    notBy: 'proposed it',
    constraint: 'payment_list_cancellations_two_people',
    detail: 'You proposed this. A colleague has to confirm it.',
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
    detail: 'You paid this cash out. Ask another supervisor to void it.',
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
    detail: 'A receipt is witnessed by a colleague of the programme who neither delivers the cash nor had a hand in the list.',
  },
  {
    record: 'pay-out',
    step: 'its signed receipt confirmed or disputed',
    permission: 'handovers.answer_as_witness',
    notBy: 'anybody but the witness',
    constraint: 'delivery_answers_by_witness',
    detail: 'Only the witness says what they saw.',
  },
  {
    record: 'pay-out',
    step: 'accepted where its witness does not confirm it',
    permission: 'handovers.accept_delivery',
    notBy: 'delivered or witnessed it',
    constraint: 'delivery_answers_accepted_by_another',
    detail: 'You delivered this cash, or are its witness. A colleague of finance must accept it.',
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
    detail: 'You paid this cash out. Ask a colleague to void it.',
  },
  {
    record: 'voucher',
    step: 'cancelled, reissued or unlocked',
    permission: 'vouchers.confirm_change',
    notBy: 'asked for it',
    constraint: 'voucher_changes_two_people',
    detail: 'You asked for this. A colleague has to confirm it.',
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
    detail: 'You accepted a delivery of this advance without its witness. A colleague of finance must end it.',
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
    detail: 'You drew this advance, handed it over, or reported its loss. A colleague of finance must confirm it.',
  },
  {
    record: 'offline pack',
    step: 'prepared',
    permission: 'offline.prepare',
    notBy: 'who will pay from it',
    constraint: 'offline_packs_agent_is_another',
    detail: 'You would pay from this pack. Another supervisor or somebody of finance has to prepare it.',
  },
  {
    record: 'offline pack',
    step: 'closed',
    permission: 'offline.close',
    notBy: 'paid from it',
    constraint: 'offline_packs_closed_by_another',
    detail: 'You paid from this pack. Another supervisor has to close it.',
  },
  {
    record: 'offline pack',
    step: 'its device confirmed as lost',
    permission: 'offline.confirm_loss',
    notBy: 'reported it',
    constraint: 'offline_packs_lost_by_two',
    detail: 'You reported this device as lost. A colleague has to confirm it.',
  },
  {
    record: 'offline pack',
    step: 'a conflict of it decided',
    permission: 'offline.resolve_conflict',
    notBy: 'paid from it, prepared it; any hand in the list',
    constraint: 'offline_conflicts_resolved_by_another',
    detail: 'You paid from this pack, prepared it, or had a hand in the list. Ask a colleague to decide.',
  },
  {
    record: 'fraud signal',
    step: 'taken on and judged',
    permission: 'signals.review',
    notBy: 'whose doing it may be: paid, tried codes, changed the telephone or the collector, registered the people',
    constraint: 'signals_judged_by_another',
    detail: 'This concerns what you did yourself. Somebody else judges it.',
  },
  {
    record: 'feedback',
    step: 'given an owner',
    permission: 'feedback.assign',
    notBy: 'whom it is about',
    constraint: 'feedback_cases_not_by_accused',
    detail: 'This is about you. Somebody else handles it.',
  },
  {
    record: 'feedback',
    step: 'moved, noted on or told of',
    permission: 'feedback.move',
    notBy: 'whom it is about',
    constraint: 'feedback_steps_not_by_accused',
    detail: 'This is about you. Somebody else handles it.',
  },
  {
    record: 'interview after a pay-out',
    step: 'asked',
    permission: 'monitoring.assign',
    notBy: 'paid or voided; any hand in its list; entered or verified the person',
    constraint: 'survey_interviews_by_another',
    detail: 'The interviewer paid this person, brought them in or had a hand in the list. Somebody else asks them.',
  },
  {
    record: 'pay-out',
    step: 'matched with a statement',
    permission: 'reconciliation.import_statement',
    notBy: 'paid, voided; any hand in its list',
    constraint: 'statement_matches_by_another',
    detail: 'You paid cash that this statement speaks of, or had a hand in its list. Ask a colleague to import it.',
  },
  {
    record: 'statement',
    step: 'taken in',
    permission: 'reconciliation.import_statement',
    notBy: 'paid or voided a pay-out that it agrees with; any hand in its list',
    constraint: 'statements_by_another',
    detail: 'You paid cash that this statement bears out, or had a hand in its list. Ask a colleague to import it.',
  },
  {
    record: 'pay-out',
    step: 'matched with a statement again',
    permission: 'reconciliation.run_matching',
    notBy: 'paid, voided; any hand in its list',
    constraint: 'statement_matches_by_another',
    detail: 'You paid cash that this statement speaks of, or had a hand in its list. Ask a colleague to match it.',
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
    detail: 'You asked for this. A colleague of finance has to confirm it.',
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
    detail: 'This person paid the cash out or had a hand in its list. Give the exception to somebody else.',
  },
  {
    record: 'exception',
    step: 'what it posts approved, and its reopening',
    permission: 'reconciliation.approve_resolution',
    notBy: 'proposed it; paid, voided; any hand in its list',
    constraint: 'exception_decisions_two_people',
    detail: 'You proposed this. A colleague of finance has to approve it.',
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
    detail: 'You made this settlement. A colleague has to decide on it.',
  },
  {
    record: 'settlement',
    step: 'rejected',
    permission: 'reconciliation.reject_settlement',
    notBy: 'made or submitted it',
    constraint: 'settlements_approved_by_another',
    detail: 'You made this settlement. A colleague has to decide on it.',
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
    detail: 'You set the account that this goes to. A colleague has to send it there.',
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
    detail: 'The bank was told to pay this, and you made the settlement or told it. A colleague has to call it off.',
  },
  {
    record: 'accounts of the post',
    step: 'confirmed',
    permission: 'reconciliation.confirm_post_terms',
    notBy: 'set them',
    constraint: 'post_terms_two_people',
    detail: 'You set these accounts. A colleague has to confirm them.',
  },
  {
    record: 'invoice of the post',
    step: 'decided',
    permission: 'reconciliation.decide_invoice',
    notBy: 'recorded it',
    constraint: 'post_invoices_decided_by_another',
    detail: 'You recorded this invoice. A colleague has to decide on it.',
  },
  {
    record: 'invoice of the post',
    step: 'decided',
    permission: 'reconciliation.decide_invoice',
    notBy: 'paid or voided any of its offices; any hand in a list that was paid there',
    constraint: 'post_invoices_by_another',
    detail: 'You paid out cash at one of these offices, or had a hand in a list that was paid there. Ask a colleague to decide.',
  },
  {
    record: 'remainder owed to the post',
    step: 'carried forward',
    permission: 'ledger.confirm_carry_forward',
    notBy: 'asked for it',
    constraint: 'ledger_carry_forwards_two_people',
    detail: 'You asked for this. A colleague has to confirm it.',
  },
  {
    record: 'person',
    step: 'verified',
    permission: 'beneficiaries.verify',
    notBy: 'entered, changed',
    constraint: 'enrolments_verified_by_another',
    detail: 'You entered or changed this person. Ask somebody else to verify them.',
  },
  {
    record: 'telephone number',
    step: 'confirmed',
    permission: 'beneficiaries.confirm_phone',
    notBy: 'changed it, or merged the records by which it came, since it was trusted last',
    constraint: 'phone_holds_two_people',
    detail: 'You changed this number. A colleague has to confirm it.',
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
    detail: 'You estimated these weights. Ask somebody else to put them to use.',
  },
  {
    record: 'role',
    step: 'granted',
    permission: 'access.grant_role',
    notBy: 'who is to hold it',
    constraint: 'role_grants_not_to_oneself',
    detail: 'Nobody grants a role to themselves. Ask another administrator.',
  },
  {
    record: 'erasure',
    step: 'confirmed',
    permission: 'privacy.confirm_erasure',
    notBy: 'asked for it',
    constraint: 'erasures_two_people',
    detail: 'You asked for this, and it cannot be undone. Another programme officer has to confirm it.',
  },
  {
    record: 'period of the books',
    step: 'opened again',
    permission: 'ledger.confirm_reopening',
    notBy: 'asked for it',
    constraint: 'ledger_reopenings_two_people',
    detail: 'You asked for the period to be opened again. Another finance officer has to confirm it.',
  },
  {
    record: 'key of a machine',
    step: 'confirmed',
    permission: 'access.confirm_key',
    notBy: 'made it',
    constraint: 'api_keys_two_people',
    detail: 'You made this key. Ask another administrator to confirm it.',
  },
  {
    record: 'gateway',
    step: 'enabled',
    permission: 'messaging.change_gateway',
    notBy: 'set it up, or changed its settings, credentials or place since it was enabled last',
    constraint: 'gateways_two_people',
    detail: 'You said where messages would go. Another administrator has to look at it and enable it.',
  },
  {
    record: 'scheduled export',
    step: 'approved, where people are in it',
    permission: 'exports.approve',
    notBy: 'defined it; whom the files are for',
    constraint: 'export_definitions_two_people',
    detail: 'You defined this export, or its files are for you. Somebody else has to approve what leaves with people in it.',
  },
  {
    record: 'webhook',
    step: 'enabled',
    permission: 'webhooks.enable',
    notBy: 'set it up, or changed its address or events since it was enabled last',
    constraint: 'webhooks_two_people',
    detail: 'You said where events would go. Another administrator has to look at it and enable it.',
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
