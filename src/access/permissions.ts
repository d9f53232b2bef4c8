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
] as const;

export type Role = (typeof roles)[number];

/** What the platform's own doors hold, and no user: an organisation with a key, and anybody at all. */
export const doorRoles = ['partner', 'public'] as const;

/** Who may do one thing. */
export interface Permission {
  readonly roles: readonly (Role | (typeof doorRoles)[number])[];
  /** Whether a second factor fresher than five minutes is asked for. */
  readonly stepUp?: true;
  /** Whether everybody who is signed in may, whatever their roles. */
  readonly anyone?: true;
}

const staff: readonly Role[] = ['enrolment_officer', 'programme_officer', 'approver', 'finance_officer', 'auditor', 'administrator'];
const officers: readonly Role[] = ['enrolment_officer', 'programme_officer', 'auditor'];
const money: readonly Role[] = ['programme_officer', 'approver', 'finance_officer', 'auditor'];

/** Everything that can be done or read, and by whom. A name that is not here is allowed to nobody; no role: the system alone. */
export const permissions = {
  'access.sign_in': { roles: [] },
  'access.step_up': { roles: [], anyone: true },
  'access.sign_out': { roles: [], anyone: true },
  'access.create_user': { roles: ['administrator'], stepUp: true },
  'access.grant_role': { roles: ['administrator'], stepUp: true },
  'access.end_role': { roles: ['administrator'], stepUp: true },
  'access.disable_user': { roles: ['administrator'], stepUp: true },
  'access.read_users': { roles: ['administrator', 'auditor'] },
  'access.create_partner': { roles: ['administrator'], stepUp: true },
  'access.issue_key': { roles: ['administrator'], stepUp: true },
  'access.rotate_key': { roles: ['administrator'], stepUp: true },
  'access.revoke_key': { roles: ['administrator'], stepUp: true },
  'access.note_key_use': { roles: [] },
  'access.read_partners': { roles: ['administrator', 'auditor'] },

  'programmes.create_programme': { roles: ['administrator'] },
  'programmes.change_programme': { roles: ['administrator'] },
  'programmes.read': { roles: [...staff, 'agent', 'office_supervisor', 'field_officer', 'donor'] },

  'funding.create_fund': { roles: ['finance_officer'] },
  'funding.record_contribution': { roles: ['finance_officer'], stepUp: true },
  'funding.read': { roles: [...money, 'donor'] },

  'offices.load_geography': { roles: [] },
  'offices.import_offices': { roles: ['administrator'] },
  'offices.change_office': { roles: ['administrator'] },
  'offices.read': { roles: [...staff, 'agent', 'office_supervisor', 'field_officer'] },

  'beneficiaries.register': { roles: ['enrolment_officer'] },
  'beneficiaries.change': { roles: ['enrolment_officer'] },
  'beneficiaries.change_household': { roles: ['enrolment_officer'] },
  'beneficiaries.add_collector': { roles: ['enrolment_officer'] },
  'beneficiaries.end_collector': { roles: ['enrolment_officer', 'programme_officer'] },
  'beneficiaries.verify': { roles: ['enrolment_officer', 'programme_officer'] },
  'beneficiaries.record_consent': { roles: ['enrolment_officer'] },
  'beneficiaries.withdraw_consent': { roles: ['enrolment_officer', 'programme_officer'] },
  'beneficiaries.suspend': { roles: ['programme_officer'] },
  'beneficiaries.resume': { roles: ['programme_officer'] },
  'beneficiaries.exit': { roles: ['programme_officer'] },
  'beneficiaries.read': { roles: officers },
  'beneficiaries.search': { roles: officers },
  'beneficiaries.export': { roles: ['programme_officer'], stepUp: true },
  'beneficiaries.read_history': { roles: officers },
  'beneficiaries.read_consents': { roles: officers },
  'beneficiaries.read_household': { roles: officers },

  'intake.receive_file': { roles: ['enrolment_officer'] },
  'intake.map_columns': { roles: ['enrolment_officer'] },
  'intake.check_file': { roles: ['enrolment_officer'] },
  'intake.restart_check': { roles: [] },
  'intake.record_check': { roles: [] },
  'intake.run_file': { roles: ['enrolment_officer'] },
  'intake.cancel_file': { roles: ['enrolment_officer'] },
  'intake.take_rows': { roles: [] },
  'intake.count_duplicates': { roles: [] },
  'intake.finish_file': { roles: [] },
  'intake.stop_file_at_first': { roles: [] },
  'intake.read_file': { roles: officers },
  'intake.read_refused_rows': { roles: officers },
  'intake.register_oneself': { roles: ['public'] },
  'intake.ask_for_code': { roles: ['public'] },
  'intake.prove_telephone': { roles: ['public'] },
  'intake.read_own_status': { roles: ['public'] },
  'intake.send_code': { roles: [] },
  'intake.expire_self_registrations': { roles: [] },
  'intake.refer': { roles: ['partner'] },
  'intake.read_referrals': { roles: ['partner'] },

  'deduplication.compare': { roles: [] },
  'deduplication.count_names': { roles: [] },
  'deduplication.rescore_pairs': { roles: [] },
  'deduplication.recompare': { roles: [] },
  'deduplication.decide_pair': { roles: ['programme_officer'] },
  'deduplication.undo_merger': { roles: ['programme_officer'] },
  'deduplication.estimate_model': { roles: ['programme_officer'] },
  'deduplication.use_model': { roles: ['programme_officer'] },
  'deduplication.read': { roles: officers },

  'eligibility.create_scorecard': { roles: ['programme_officer'] },
  'eligibility.assess_programme': { roles: ['programme_officer'] },
  'eligibility.compare_scorecards': { roles: ['programme_officer'] },
  'eligibility.cancel_run': { roles: ['programme_officer'] },
  'eligibility.assess_next': { roles: [] },
  'eligibility.assess_person': { roles: ['programme_officer'] },
  'eligibility.read': { roles: officers },

  'assistance.create_plan': { roles: ['programme_officer'] },
  'assistance.read': { roles: money },

  'payments.build_list': { roles: ['programme_officer'] },
  'payments.submit_list': { roles: ['programme_officer'] },
  'payments.approve_list': { roles: ['approver'], stepUp: true },
  'payments.reject_list': { roles: ['approver'] },
  'payments.release_list': { roles: ['finance_officer'], stepUp: true },
  'payments.cancel_list': { roles: ['programme_officer', 'finance_officer'] },
  'payments.read': { roles: money },

  'vouchers.expire': { roles: [] },
  'vouchers.read': { roles: money },

  'messaging.record_sending': { roles: [] },
  'messaging.read': { roles: money },

  'cashout.redeem': { roles: ['agent'] },
  'cashout.read': { roles: ['finance_officer', 'auditor', 'programme_officer'] },
  'cashout.read_own': { roles: ['agent', 'office_supervisor'] },

  'ledger.read': { roles: ['finance_officer', 'auditor'] },

  'reconciliation.import_statement': { roles: ['finance_officer'] },
  'reconciliation.resolve_exception': { roles: ['finance_officer'] },
  'reconciliation.settle': { roles: ['finance_officer'], stepUp: true },
  'reconciliation.read': { roles: ['finance_officer', 'auditor'] },

  'reporting.read_donor_report': { roles: ['donor', 'finance_officer', 'programme_officer', 'auditor'] },

  'interop.add_kobo_connection': { roles: ['programme_officer'], stepUp: true },
  'interop.change_kobo_connection': { roles: ['programme_officer'], stepUp: true },
  'interop.end_kobo_connection': { roles: ['programme_officer'] },
  'interop.request_kobo_pull': { roles: ['enrolment_officer', 'programme_officer'] },
  'interop.begin_kobo_pull': { roles: [] },
  'interop.record_kobo_page': { roles: [] },
  'interop.end_kobo_pull': { roles: [] },
  'interop.read': { roles: officers },

  'audit.read': { roles: ['auditor'] },
} as const satisfies Record<string, Permission>;

export type PermissionName = keyof typeof permissions;
