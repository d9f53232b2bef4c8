/** What people may be read for; the contract's schema `Purpose` says the same. */
export const purposes = [
  'enrolment',
  'verification',
  'deduplication',
  'assistance',
  'payment',
  'cash_out',
  'complaint',
  'monitoring',
  'audit',
  'correction',
  'subject_request',
  'support',
] as const;

export type Purpose = (typeof purposes)[number];
