import { defineTexts } from '../platform/index.ts';

const english = {
  webhook_ended: 'This webhook has ended. Set up another.',
  webhook_address_unfit: 'Give a public address that begins with https, without a user or a password in it.',
  webhook_changed: 'Somebody changed the webhook meanwhile. Read it again.',
  webhook_not_off: 'This webhook is not off.',
  webhook_not_on: 'This webhook is not on.',
  webhook_not_paused: 'This webhook is not paused.',
  delivery_under_way: 'It is being sent at this moment. Look again.',
} as const;

const french: Readonly<Record<keyof typeof english, string>> = {
  webhook_ended: 'Ce webhook est terminé. Créez-en un autre.',
  webhook_address_unfit: 'Donnez une adresse publique qui commence par https, sans utilisateur ni mot de passe.',
  webhook_changed: 'Quelqu’un a modifié le webhook entre-temps. Lisez-le de nouveau.',
  webhook_not_off: 'Ce webhook n’est pas désactivé.',
  webhook_not_on: 'Ce webhook n’est pas activé.',
  webhook_not_paused: 'Ce webhook n’est pas en pause.',
  delivery_under_way: 'L’envoi est en cours. Regardez de nouveau.',
};

const arabic: Readonly<Record<keyof typeof english, string>> = {
  webhook_ended: 'انتهى هذا الخطاف (webhook). أنشئ غيره.',
  webhook_address_unfit: 'أعط عنوانًا عامًا يبدأ بـ https، بلا مستخدم ولا كلمة مرور فيه.',
  webhook_changed: 'غيّر شخص آخر الخطاف (webhook) في هذه الأثناء. اقرأه من جديد.',
  webhook_not_off: 'هذا الخطاف (webhook) ليس معطّلًا.',
  webhook_not_on: 'هذا الخطاف (webhook) ليس مفعّلًا.',
  webhook_not_paused: 'هذا الخطاف (webhook) ليس متوقفًا مؤقتًا.',
  delivery_under_way: 'هو قيد الإرسال في هذه اللحظة. انظر من جديد.',
};

/** What is said of webhooks and their deliveries. */
export const say = defineTexts({ en: english, fr: french, ar: arabic });
