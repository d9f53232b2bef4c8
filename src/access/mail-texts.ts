import { linkLifeMs } from './links.ts';
import type { Notice } from './notices.ts';
import type { Language, Link, LinkPurpose } from './types.ts';

/** What an e-mail says. Plain text, which every reader shows and nothing can be hidden in. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
}

// A mailbox is read by others too: no agency, no programme, nobody's role, and nothing that says whom the reader works with.
const links: Readonly<Record<Language, Readonly<Record<LinkPurpose, readonly [subject: string, ...lines: string[]]>>>> = {
  en: {
    invitation: [
      'Set up your account',
      'An account has been made for you. Choose a password and set up your authenticator here:',
      'The link is good once, for {hours} hours. Pass it on to nobody. If you expect no account, delete this message.',
    ],
    password_reset: [
      'Choose a new password',
      'A new password was asked for. Choose it here:',
      'The link is good once, for {hours} hour. If you did not ask, delete this message: nothing has changed.',
    ],
    second_factor: [
      'Set up a new authenticator',
      'Set up a new authenticator for your account here. You will need your password:',
      'The link is good once, for {hours} hours. If you did not ask for this, tell an administrator at once.',
    ],
  },
  fr: {
    invitation: [
      'Activez votre compte',
      'Un compte a été créé pour vous. Choisissez un mot de passe et configurez votre application d’authentification ici :',
      'Ce lien sert une seule fois, pendant {hours} heures. Ne le transmettez à personne. Si vous n’attendez pas de compte, supprimez ce message.',
    ],
    password_reset: [
      'Choisissez un nouveau mot de passe',
      'Un nouveau mot de passe a été demandé. Choisissez-le ici :',
      'Ce lien sert une seule fois, pendant {hours} heure. Si vous n’avez rien demandé, supprimez ce message : rien n’a changé.',
    ],
    second_factor: [
      'Configurez une nouvelle authentification',
      'Configurez ici une nouvelle application d’authentification pour votre compte. Il vous faudra votre mot de passe :',
      'Ce lien sert une seule fois, pendant {hours} heures. Si vous n’avez rien demandé, prévenez tout de suite un administrateur.',
    ],
  },
  ar: {
    invitation: [
      'فعّل حسابك',
      'تم إنشاء حساب لك. اختر كلمة مرور واضبط تطبيق المصادقة من هنا:',
      'يُستعمل هذا الرابط مرة واحدة خلال {hours} ساعة. لا تعطه لأحد. إن كنت لا تنتظر حسابا فاحذف هذه الرسالة.',
    ],
    password_reset: [
      'اختر كلمة مرور جديدة',
      'طُلبت كلمة مرور جديدة. اخترها من هنا:',
      'يُستعمل هذا الرابط مرة واحدة خلال مدة بالساعات قدرها {hours}. إن لم تطلب ذلك فاحذف هذه الرسالة، فلم يتغير شيء.',
    ],
    second_factor: [
      'اضبط تطبيق مصادقة جديدا',
      'اضبط من هنا تطبيق مصادقة جديدا لحسابك. ستحتاج إلى كلمة مرورك:',
      'يُستعمل هذا الرابط مرة واحدة خلال {hours} ساعة. إن لم تطلب ذلك فأخبر مسؤولا فورا.',
    ],
  },
};

const notices: Readonly<Record<Language, Readonly<Record<Notice | 'advice', string>>>> = {
  en: {
    password_changed: 'The password of your account was changed.',
    recovery_code_used: 'One of your recovery codes was used to sign in.',
    recovery_codes_replaced: 'New recovery codes were made for your account. The old ones are worth nothing.',
    second_factor_changed: 'Another authenticator was set up for your account.',
    advice: 'If this was not you, tell an administrator at once.',
  },
  fr: {
    password_changed: 'Le mot de passe de votre compte a été changé.',
    recovery_code_used: 'Un de vos codes de secours a servi à vous connecter.',
    recovery_codes_replaced: 'De nouveaux codes de secours ont été créés pour votre compte. Les anciens ne valent plus rien.',
    second_factor_changed: 'Une autre application d’authentification a été configurée pour votre compte.',
    advice: 'Si ce n’était pas vous, prévenez tout de suite un administrateur.',
  },
  ar: {
    password_changed: 'تم تغيير كلمة مرور حسابك.',
    recovery_code_used: 'استُعمل أحد رموز الاسترداد الخاصة بك لتسجيل الدخول.',
    recovery_codes_replaced: 'أُنشئت رموز استرداد جديدة لحسابك. الرموز القديمة لم تعد صالحة.',
    second_factor_changed: 'تم ضبط تطبيق مصادقة آخر لحسابك.',
    advice: 'إن لم تكن أنت من فعل ذلك فأخبر مسؤولا فورا.',
  },
};

const HOUR_MS = 3_600_000;

/** The mail that carries a link. It holds the secret itself: it goes to the mailbox and nowhere else. */
export function linkText(language: Language, { purpose }: Pick<Link, 'purpose'>, address: string): MailText {
  const [subject, before, after] = links[language][purpose];
  const hours = String(linkLifeMs[purpose] / HOUR_MS);
  return { subject, text: `${before}\n\n${address}\n\n${after?.replace('{hours}', hours)}\n` };
}

/** The mail that tells somebody what was done with their account. */
export const noticeText = (language: Language, notice: Notice): MailText => {
  const { [notice]: what, advice } = notices[language];
  return { subject: what, text: `${what}\n\n${advice}\n` };
};
