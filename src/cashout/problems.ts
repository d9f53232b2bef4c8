import { defineProblems } from '../platform/index.ts';

export const refusal = defineProblems({
  office_closed: [409, 'This office is closed'],
  office_without_cash: [409, 'This office has no cash'],
  agent_locked: [429, 'Too many wrong codes from one agent'],
  code_mistyped: [422, 'The code has a typing mistake'],
  code_refused: [422, 'The code does not fit'],
  voucher_not_active: [409, 'The voucher is not active yet'],
  voucher_locked: [409, 'The voucher is locked'],
  voucher_expired: [409, 'The voucher has expired'],
  voucher_cancelled: [409, 'The voucher was cancelled'],
  paid_as_other_record: [409, 'The same person is paid under another record'],
  consent_withdrawn: [409, 'Consent to this payment was withdrawn'],
  already_paid: [409, 'The voucher has been paid already'],
});
