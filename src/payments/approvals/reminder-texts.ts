import type { Reminder } from './reminder-store.ts';

// A mailbox is read by others too: how much waits and since when, and nothing of what it is, of whom, or of which agency.
const texts: Readonly<Record<Reminder['language'], readonly [subject: string, body: string, advice: string]>> = {
  en: [
    'Something waits for your signature',
    'Waiting for your signature: {n}, the oldest since {day}.',
    'If you are away, name a deputy when you have signed in.',
  ],
  fr: [
    'Votre signature est attendue',
    'En attente de votre signature : {n}, depuis le {day} pour le plus ancien.',
    'En cas d’absence, désignez un suppléant une fois connecté.',
  ],
  ar: ['هناك ما ينتظر توقيعك', 'عدد ما ينتظر توقيعك: {n}، وأقدمه منذ {day}.', 'إن كنت غائبا فعيّن من ينوب عنك بعد الدخول إلى حسابك.'],
};

/** The mail that reminds somebody. @param publicUrl where they sign in */
export function reminderText({ language, waiting, since }: Pick<Reminder, 'language' | 'waiting' | 'since'>, publicUrl: string) {
  const [subject, body, advice] = texts[language];
  const said = body.replace('{n}', String(waiting)).replace('{day}', since);
  return { subject, text: `${said}\n\n${publicUrl}\n\n${advice}\n` };
}
