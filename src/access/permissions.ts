import { type DoorRole, type Role, type ScopeKind, signingRoles } from './roles.ts';

/** Who may do one thing. */
export interface Permission {
  /** None: the system alone. */
  readonly roles: readonly (Role | DoorRole)[];
  /**
   * Where a record of this may lie. A role that is granted for a place reaches a record that lies there, and no record that lies in no such
   * place. None: it lies nowhere, and only a role that is granted everywhere reaches it. Anywhere: it is the same to every holder of the role.
   */
  readonly within?: readonly ScopeKind[] | 'anywhere';
  /** Whether a second factor fresher than five minutes is asked for; with `pin`, on an enrolled device the PIN given again is enough. */
  readonly stepUp?: true | 'pin';
  /** Whether everybody who is signed in may, whatever their roles. */
  readonly anyone?: true;
  /** Of the roles, those that reach only what the holder did. */
  readonly own?: readonly Role[];
}

const staff: readonly Role[] = ['enrolment_officer', 'programme_officer', 'approver', 'finance_officer', 'auditor', 'administrator'];
/** Who works at a counter, or hands cash over in the field, and so may sign in with a PIN. */
export const counter: readonly Role[] = ['agent', 'office_supervisor', 'field_officer'];
const officers: readonly Role[] = ['enrolment_officer', 'programme_officer', 'auditor'];
const everyPlace: readonly ScopeKind[] = ['programme', 'office', 'fund'];
const money: readonly Role[] = ['programme_officer', 'approver', 'finance_officer', 'auditor'];

/** Everything that can be done or read, and by whom. A name that is not here is allowed to nobody; no role: the system alone. */
export const permissions = {
  'access.sign_in': { roles: [] },
  'access.step_up': { roles: [], anyone: true },
  'access.sign_out': { roles: [], anyone: true },
  'access.read_oneself': { roles: [], anyone: true },
  'access.create_user': { roles: ['administrator'], within: [], stepUp: true },
  'access.grant_role': { roles: ['administrator'], within: everyPlace, stepUp: true },
  'access.end_role': { roles: ['administrator'], within: everyPlace, stepUp: true },
  'access.disable_user': { roles: ['administrator'], within: [], stepUp: true },
  'access.read_users': { roles: ['administrator', 'auditor'], within: everyPlace },
  'access.create_partner': { roles: ['administrator'], within: [], stepUp: true },
  'access.issue_key': { roles: ['administrator'], within: everyPlace, stepUp: true },
  'access.confirm_key': { roles: ['administrator'], within: everyPlace, stepUp: true },
  'access.rotate_key': { roles: ['administrator'], within: everyPlace, stepUp: true },
  'access.revoke_key': { roles: ['administrator'], within: everyPlace, stepUp: true },
  'access.note_refusal': { roles: [] },
  'access.note_key_use': { roles: [] },
  'access.read_partners': { roles: ['administrator', 'auditor'], within: 'anywhere' },
  'access.read_keys': { roles: ['administrator', 'auditor'], within: ['programme'] },

  'access.ask_for_passkey': { roles: [], anyone: true, stepUp: true },
  'access.register_passkey': { roles: [], anyone: true, stepUp: true },
  'access.remove_passkey': { roles: [], anyone: true, stepUp: true },
  'access.read_passkeys': { roles: [], anyone: true },
  'access.ask_for_sign_in': { roles: [] },
  'access.ask_for_step_up': { roles: [], anyone: true },
  'access.ask_to_enrol': { roles: counter, within: 'anywhere', stepUp: true },
  'access.enrol_on_device': { roles: counter, within: 'anywhere', stepUp: true },
  'access.replace_device_key': { roles: counter, within: 'anywhere', stepUp: true },
  'access.ask_device': { roles: [] },
  'access.forget_challenges': { roles: [] },
  'access.sign_in_on_device': { roles: [] },
  'access.step_up_with_pin': { roles: [], anyone: true },
  'access.revoke_device': { roles: ['administrator', 'office_supervisor'], within: ['office'], stepUp: 'pin' },
  'access.read_devices': { roles: ['administrator', 'office_supervisor', 'auditor'], within: ['office'] },

  'access.create_ready_user': { roles: [] },
  'access.invite_administrator': { roles: [] },
  'access.invite_again': { roles: ['administrator'], within: [], stepUp: true },
  'access.revoke_invitation': { roles: ['administrator'], within: [] },
  'access.start_second_factor_replacement': { roles: ['administrator'], within: [], stepUp: true },
  'access.open_link': { roles: ['public'], within: 'anywhere' },
  'access.accept_invitation': { roles: ['public'], within: 'anywhere' },
  'access.replace_second_factor': { roles: ['public'], within: 'anywhere' },
  'access.reset_password': { roles: ['public'], within: 'anywhere' },
  'access.ask_for_reset': { roles: ['public'], within: 'anywhere' },
  'access.prepare_reset': { roles: [] },
  'access.note_refused_mail': { roles: [] },
  'access.change_password': { roles: [], anyone: true, stepUp: true },
  'access.renew_recovery_codes': { roles: [], anyone: true, stepUp: true },
  'access.enrol_authenticator': { roles: [], anyone: true, stepUp: true },
  'access.confirm_authenticator': { roles: [], anyone: true, stepUp: true },

  'access.read_alerts': { roles: ['administrator', 'auditor'], within: ['programme'] },
  'access.mark_alert_seen': { roles: ['administrator'], within: ['programme'] },

  'access.report_dead_key': { roles: [] },
  'access.warn_of_ending_key': { roles: [] },
  'access.create_service_account': { roles: ['administrator'], within: everyPlace, stepUp: true },
  'access.disable_service_account': { roles: ['administrator'], within: everyPlace, stepUp: true },
  'access.read_service_accounts': { roles: ['administrator', 'auditor'], within: everyPlace },

  'access.read_own_sessions': { roles: [], anyone: true },
  'access.end_own_session': { roles: [], anyone: true, stepUp: true },
  'access.end_other_sessions': { roles: [], anyone: true, stepUp: true },
  'access.read_sessions': { roles: ['administrator'], within: [], stepUp: true },
  'access.end_session': { roles: ['administrator'], within: [], stepUp: true },
  'access.end_all_sessions': { roles: ['administrator'], within: [], stepUp: true },

  'programmes.create_programme': { roles: ['administrator'], within: [] },
  'programmes.change_programme': { roles: ['administrator'], within: ['programme'] },
  'programmes.read': { roles: [...staff, 'field_officer', 'donor'], within: ['programme', 'fund'] },

  'funding.create_fund': { roles: ['finance_officer'], within: ['programme'] },
  'funding.change_fund': { roles: ['finance_officer'], within: ['programme', 'fund'] },
  'funding.record_contribution': { roles: ['finance_officer'], within: ['programme', 'fund'], stepUp: true },
  'funding.record_rate': { roles: ['finance_officer'], within: [], stepUp: true },
  'funding.convert_cash': { roles: ['finance_officer'], within: ['programme', 'fund'], stepUp: true },
  'funding.read': { roles: [...money, 'donor'], within: ['programme', 'fund'] },
  'funding.read_history': { roles: money, within: ['programme', 'fund'] },
  'funding.read_money': { roles: money, within: ['programme', 'fund'] },
  'funding.read_rates': { roles: money, within: 'anywhere' },

  'offices.load_geography': { roles: [] },
  'offices.import_offices': { roles: ['administrator'], within: [] },
  'offices.change_office': { roles: ['administrator'], within: ['office'] },
  'offices.read': { roles: [...staff, 'agent', 'office_supervisor', 'field_officer'], within: 'anywhere' },

  'beneficiaries.register': { roles: ['enrolment_officer'], within: ['programme'] },
  'beneficiaries.change': { roles: ['enrolment_officer'], within: ['programme'] },
  'beneficiaries.change_household': { roles: ['enrolment_officer'], within: ['programme'] },
  'beneficiaries.add_collector': { roles: ['enrolment_officer'], within: ['programme'] },
  'beneficiaries.end_collector': { roles: ['enrolment_officer', 'programme_officer'], within: ['programme'] },
  'beneficiaries.verify': { roles: ['enrolment_officer', 'programme_officer'], within: ['programme'] },
  'beneficiaries.record_consent': { roles: ['enrolment_officer'], within: ['programme'] },
  'beneficiaries.withdraw_consent': { roles: ['enrolment_officer', 'programme_officer'], within: ['programme'] },
  'beneficiaries.suspend': { roles: ['programme_officer'], within: ['programme'] },
  'beneficiaries.resume': { roles: ['programme_officer'], within: ['programme'] },
  'beneficiaries.exit': { roles: ['programme_officer'], within: ['programme'] },
  'beneficiaries.read': { roles: officers, within: ['programme'] },
  'beneficiaries.search': { roles: officers, within: ['programme'] },
  'beneficiaries.export': { roles: ['programme_officer'], within: ['programme'], stepUp: true },
  'beneficiaries.read_history': { roles: officers, within: ['programme'] },
  'beneficiaries.read_consents': { roles: officers, within: ['programme'] },
  'beneficiaries.read_household': { roles: officers, within: ['programme'] },
  'beneficiaries.read_exports': { roles: ['programme_officer', 'finance_officer', 'auditor'], within: ['programme'] },
  'beneficiaries.download_export': { roles: ['programme_officer', 'finance_officer'], within: ['programme'] },
  'beneficiaries.revoke_export': { roles: ['programme_officer', 'finance_officer'], within: ['programme'] },
  'beneficiaries.write_export': { roles: [] },
  'beneficiaries.expire_export': { roles: [] },
  'beneficiaries.confirm_phone': { roles: ['enrolment_officer', 'programme_officer'], within: ['programme'], stepUp: true },
  'beneficiaries.refuse_phone': { roles: ['enrolment_officer', 'programme_officer'], within: ['programme'] },
  'beneficiaries.read_held_phones': { roles: officers, within: ['programme'] },
  'beneficiaries.read_reads': { roles: officers, within: ['programme'] },

  'intake.receive_file': { roles: ['enrolment_officer'], within: ['programme'] },
  'intake.map_columns': { roles: ['enrolment_officer'], within: ['programme'] },
  'intake.check_file': { roles: ['enrolment_officer'], within: ['programme'] },
  'intake.restart_check': { roles: [] },
  'intake.record_check': { roles: [] },
  'intake.run_file': { roles: ['enrolment_officer'], within: ['programme'] },
  'intake.cancel_file': { roles: ['enrolment_officer'], within: ['programme'] },
  'intake.take_rows': { roles: [] },
  'intake.count_duplicates': { roles: [] },
  'intake.finish_file': { roles: [] },
  'intake.stop_file_at_first': { roles: [] },
  'intake.read_file': { roles: officers, within: ['programme'] },
  'intake.read_refused_rows': { roles: officers, within: ['programme'], stepUp: true },
  'intake.register_oneself': { roles: ['public'], within: 'anywhere' },
  'intake.ask_for_code': { roles: ['public'], within: 'anywhere' },
  'intake.prove_telephone': { roles: ['public'], within: 'anywhere' },
  'intake.read_own_status': { roles: ['public'], within: 'anywhere' },
  'intake.send_code': { roles: [] },
  'intake.expire_self_registrations': { roles: [] },
  'intake.refer': { roles: ['partner'], within: ['programme'] },
  'intake.read_referrals': { roles: ['partner'], within: ['programme'] },

  'deduplication.compare': { roles: [] },
  'deduplication.count_names': { roles: [] },
  'deduplication.rescore_pairs': { roles: [] },
  'deduplication.recompare': { roles: [] },
  'deduplication.decide_pair': { roles: ['programme_officer'], within: ['programme'] },
  'deduplication.undo_merger': { roles: ['programme_officer'], within: ['programme'] },
  'deduplication.estimate_model': { roles: ['programme_officer'], within: ['programme'] },
  'deduplication.use_model': { roles: ['programme_officer'], within: ['programme'] },
  'deduplication.read': { roles: officers, within: ['programme'] },

  'eligibility.create_scorecard': { roles: ['programme_officer'], within: ['programme'] },
  'eligibility.assess_programme': { roles: ['programme_officer'], within: ['programme'] },
  'eligibility.compare_scorecards': { roles: ['programme_officer'], within: ['programme'] },
  'eligibility.cancel_run': { roles: ['programme_officer'], within: ['programme'] },
  'eligibility.assess_next': { roles: [] },
  'eligibility.assess_person': { roles: ['programme_officer'], within: ['programme'] },
  'eligibility.read': { roles: officers, within: ['programme'] },

  'assistance.create_plan': { roles: ['programme_officer'], within: ['programme'] },
  'assistance.entitle_people': { roles: ['programme_officer'], within: ['programme'] },
  'assistance.change_entitlement': { roles: ['programme_officer'], within: ['programme'] },
  'assistance.start_run': { roles: ['programme_officer'], within: ['programme'] },
  'assistance.advance_plan': { roles: [] },
  'assistance.give_ceilings': { roles: ['programme_officer'], within: ['programme'] },
  'assistance.confirm_condition': { roles: ['programme_officer'], within: ['programme'] },
  'assistance.sign_tranche': { roles: ['programme_officer', 'approver'], within: ['programme'] },
  'assistance.refuse_tranche': { roles: ['programme_officer', 'approver'], within: ['programme'] },
  'assistance.put_back_tranche': { roles: ['programme_officer', 'approver'], within: ['programme'] },
  'assistance.top_up_people': { roles: ['programme_officer'], within: ['programme'] },
  'assistance.top_up_by_rule': { roles: ['programme_officer'], within: ['programme'] },
  'assistance.enter_emergency': { roles: ['programme_officer'], within: ['programme'] },
  'assistance.create_site': { roles: ['programme_officer'], within: ['programme'] },
  'assistance.change_site': { roles: ['programme_officer'], within: ['programme'] },
  'assistance.enter_attendance': { roles: ['programme_officer'], within: ['programme'] },
  'assistance.sign_attendance': { roles: ['programme_officer', 'approver'], within: ['programme'] },
  'assistance.reject_attendance': { roles: ['programme_officer', 'approver'], within: ['programme'] },
  'assistance.read': { roles: money, within: ['programme'] },

  'payments.build_list': { roles: ['programme_officer'], within: ['programme', 'fund'] },
  'payments.draw_next': { roles: [] },
  'payments.hold_lines': { roles: ['programme_officer'], within: ['programme', 'fund'] },
  'payments.put_back_lines': { roles: ['programme_officer'], within: ['programme', 'fund'] },
  'payments.submit_list': { roles: ['programme_officer'], within: ['programme', 'fund'] },
  'payments.approve_list': { roles: signingRoles, within: ['programme', 'fund'], stepUp: true },
  'payments.reject_list': { roles: signingRoles, within: ['programme', 'fund'] },
  'payments.read_awaited': { roles: signingRoles, within: 'anywhere' },
  'payments.delegate_approval': { roles: signingRoles, within: 'anywhere', stepUp: true },
  'payments.end_delegation': { roles: signingRoles, within: 'anywhere' },
  'payments.read_delegations': { roles: signingRoles, within: 'anywhere' },
  'payments.remind_signers': { roles: [] },
  'payments.release_list': { roles: ['finance_officer'], within: ['programme', 'fund'], stepUp: true },
  'payments.settle_next': { roles: [] },
  'payments.close_list': { roles: [] },
  'payments.cancel_list': { roles: ['programme_officer', 'finance_officer'], within: ['programme', 'fund'] },
  'payments.propose_cancellation': { roles: ['programme_officer', 'finance_officer'], within: ['programme', 'fund'] },
  'payments.confirm_cancellation': { roles: ['programme_officer', 'finance_officer'], within: ['programme', 'fund'], stepUp: true },
  'payments.withdraw_cancellation': { roles: ['programme_officer', 'finance_officer'], within: ['programme', 'fund'] },
  'payments.cancel_lines': { roles: [] },
  'payments.return_lines': { roles: [] },
  'payments.export_list': { roles: ['programme_officer', 'finance_officer'], within: ['programme'], stepUp: true },
  'payments.read': { roles: money, within: ['programme', 'fund'] },

  'vouchers.expire': { roles: [] },
  'vouchers.lock': { roles: ['programme_officer', 'finance_officer'], within: ['programme', 'fund'] },
  'vouchers.extend': { roles: ['programme_officer', 'finance_officer'], within: ['programme', 'fund'] },
  'vouchers.ask_change': { roles: ['programme_officer', 'finance_officer'], within: ['programme', 'fund'] },
  'vouchers.confirm_change': { roles: ['programme_officer', 'finance_officer'], within: ['programme', 'fund'], stepUp: true },
  'vouchers.withdraw_change': { roles: ['programme_officer', 'finance_officer'], within: ['programme', 'fund'] },
  'vouchers.read': { roles: money, within: ['programme', 'fund'] },

  'messaging.record_sending': { roles: [] },
  'messaging.read': { roles: money, within: ['programme', 'fund'] },
  'messaging.read_templates': { roles: [...money, 'administrator'], within: ['programme'] },
  'messaging.change_template': { roles: ['programme_officer'], within: ['programme'] },
  'messaging.preview_texts': { roles: money, within: ['programme'] },
  'messaging.read_proof_templates': { roles: [...money, 'administrator'], within: 'anywhere' },
  'messaging.change_proof_template': { roles: ['administrator'], within: [] },
  'messaging.make_reminders': { roles: [] },
  'messaging.resume_put_off': { roles: [] },
  'messaging.preview': { roles: money, within: 'anywhere' },

  'cashout.redeem': { roles: ['agent'], within: ['office'] },
  'cashout.void_payout': { roles: ['office_supervisor'], within: everyPlace, stepUp: 'pin' },
  'cashout.record_fee': { roles: ['finance_officer'], within: ['programme', 'fund'], stepUp: true },
  'cashout.read_fees': { roles: ['finance_officer', 'auditor'], within: ['programme', 'fund'] },
  'cashout.read': { roles: ['finance_officer', 'auditor', 'programme_officer'], within: everyPlace },
  'cashout.read_payout': {
    roles: ['finance_officer', 'auditor', 'programme_officer', 'agent', 'office_supervisor', 'field_officer'],
    within: everyPlace,
    own: ['agent', 'office_supervisor', 'field_officer'],
  },

  'handovers.ask_advance': { roles: ['field_officer'], within: ['programme', 'fund'] },
  'handovers.withdraw_advance': { roles: ['field_officer'], within: ['programme', 'fund'] },
  'handovers.hand_over': { roles: ['finance_officer'], within: ['programme', 'fund'], stepUp: true },
  'handovers.refuse_advance': { roles: ['finance_officer'], within: ['programme', 'fund'] },
  'handovers.deliver': { roles: ['field_officer'], within: ['programme', 'fund'] },
  'handovers.take_back': { roles: ['finance_officer'], within: ['programme', 'fund'], stepUp: true },
  'handovers.close_advance': { roles: ['finance_officer'], within: ['programme', 'fund'] },
  'handovers.list': { roles: ['finance_officer', 'auditor', 'programme_officer'], within: ['programme', 'fund'] },
  'handovers.list_own': { roles: ['field_officer'], within: ['programme', 'fund'] },
  'handovers.read_round_sheet': {
    roles: ['field_officer', 'programme_officer', 'auditor'],
    within: ['programme', 'fund'],
    own: ['field_officer'],
  },
  'handovers.read': {
    roles: ['finance_officer', 'auditor', 'programme_officer', 'field_officer'],
    within: ['programme', 'fund'],
    own: ['field_officer'],
  },

  'ledger.read': { roles: ['finance_officer', 'auditor'], within: ['programme', 'fund'] },
  'ledger.reverse_entry': { roles: ['finance_officer'], within: ['programme', 'fund'], stepUp: true },
  'ledger.close_period': { roles: ['finance_officer'], within: ['programme'], stepUp: true },
  'ledger.ask_reopening': { roles: ['finance_officer'], within: ['programme'] },
  'ledger.confirm_reopening': { roles: ['finance_officer'], within: ['programme'], stepUp: true },
  'ledger.map_accounts': { roles: ['finance_officer'], within: ['programme'], stepUp: true },

  'reconciliation.import_statement': { roles: ['finance_officer'], within: ['programme'] },
  'reconciliation.resolve_exception': { roles: ['finance_officer'], within: ['programme'] },
  'reconciliation.settle': { roles: ['finance_officer'], within: ['programme', 'fund'], stepUp: true },
  'reconciliation.read': { roles: ['finance_officer', 'auditor'], within: ['programme'] },

  'reporting.read_donor_report': { roles: ['donor', 'finance_officer', 'programme_officer', 'auditor'], within: ['programme', 'fund'] },

  'privacy.ask_erasure': { roles: ['programme_officer'], within: ['programme'] },
  'privacy.confirm_erasure': { roles: ['programme_officer'], within: ['programme'], stepUp: true },
  'privacy.withdraw_erasure': { roles: ['programme_officer'], within: ['programme'] },
  'privacy.read_erasures': { roles: ['programme_officer', 'auditor'], within: ['programme'] },
  'privacy.erase_again': { roles: [] },
  'privacy.set_retention': { roles: ['administrator'], within: ['programme'], stepUp: true },
  'privacy.read_retention': { roles: ['administrator', 'auditor'], within: ['programme'] },
  'privacy.begin_retention': { roles: [] },
  'privacy.retain_batch': { roles: [] },
  'privacy.end_retention': { roles: [] },
  'privacy.answer_subject': { roles: ['programme_officer'], within: ['programme'], stepUp: true },

  'interop.add_kobo_connection': { roles: ['programme_officer'], within: ['programme'], stepUp: true },
  'interop.change_kobo_connection': { roles: ['programme_officer'], within: ['programme'], stepUp: true },
  'interop.end_kobo_connection': { roles: ['programme_officer'], within: ['programme'] },
  'interop.request_kobo_pull': { roles: ['enrolment_officer', 'programme_officer'], within: ['programme'] },
  'interop.begin_kobo_pull': { roles: [] },
  'interop.record_kobo_page': { roles: [] },
  'interop.end_kobo_pull': { roles: [] },
  'interop.read': { roles: officers, within: ['programme'] },

  'audit.read': { roles: ['auditor'], within: everyPlace },
  'audit.read_reads': { roles: ['auditor'], within: ['programme'] },
  'audit.read_heads': { roles: ['auditor', 'donor', 'administrator'], within: 'anywhere' },

  'keys.reseal': { roles: [] },
  'keys.adopt': { roles: [] },
  'keys.retire': { roles: [] },
} as const satisfies Record<string, Permission>;

export type PermissionName = keyof typeof permissions;

/** What is said about a permission. @throws Error when nothing is said */
export function permissionNamed(name: string): Permission {
  if (!Object.hasOwn(permissions, name)) throw new Error(`nothing is said about who may ${name}: add a line to src/access/permissions.ts`);
  return permissions[name as PermissionName];
}
