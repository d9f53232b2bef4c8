import type { Words } from './types.ts';

/** What was told to other systems, and sent out on a schedule, in words. */
export const outwardWords: Readonly<Record<string, Words>> = {
  'exports.define': { ar: 'إعداد تصدير دوري', fr: 'Export périodique défini', en: 'Scheduled export defined' },
  'exports.approve': { ar: 'الموافقة على تصدير دوري', fr: 'Export périodique approuvé', en: 'Scheduled export approved' },
  'exports.resume': { ar: 'استئناف تصدير دوري', fr: 'Export périodique repris', en: 'Scheduled export resumed' },
  'exports.end': { ar: 'إنهاء تصدير دوري', fr: 'Export périodique terminé', en: 'Scheduled export ended' },
  'exports.download': { ar: 'تنزيل ملف دوري', fr: 'Fichier périodique téléchargé', en: 'Scheduled file fetched' },
  'exports.download_personal': {
    ar: 'تنزيل ملف دوري فيه أشخاص',
    fr: 'Fichier périodique avec des personnes téléchargé',
    en: 'Scheduled file with people fetched',
  },
  'exports.revoke_run': { ar: 'سحب ملف دوري', fr: 'Fichier périodique révoqué', en: 'Scheduled file revoked' },
  'exports.begin_run': { ar: 'بدء كتابة ملف دوري', fr: 'Fichier périodique commencé', en: 'Scheduled file begun' },
  'exports.write_run': { ar: 'كتابة ملف دوري', fr: 'Fichier périodique écrit', en: 'Scheduled file written' },
  'exports.expire_run': { ar: 'انتهاء صلاحية ملف دوري', fr: 'Fichier périodique expiré', en: 'Scheduled file expired' },
  'webhooks.create': { ar: 'إعداد إشعار لنظام آخر', fr: 'Webhook créé', en: 'Webhook set up' },
  'webhooks.change': { ar: 'تعديل إشعار لنظام آخر', fr: 'Webhook modifié', en: 'Webhook changed' },
  'webhooks.enable': { ar: 'تشغيل إشعار لنظام آخر', fr: 'Webhook activé', en: 'Webhook switched on' },
  'webhooks.pause': { ar: 'إيقاف إشعار مؤقتا', fr: 'Webhook suspendu', en: 'Webhook paused' },
  'webhooks.resume': { ar: 'استئناف إشعار', fr: 'Webhook repris', en: 'Webhook resumed' },
  'webhooks.end': { ar: 'إنهاء إشعار', fr: 'Webhook terminé', en: 'Webhook ended' },
  'webhooks.rotate_secret': { ar: 'تبديل سر التوقيع', fr: 'Secret de signature renouvelé', en: 'Signing secret rotated' },
  'webhooks.ping': { ar: 'تجربة إشعار', fr: 'Webhook essayé', en: 'Webhook tried' },
  'webhooks.resend': { ar: 'إعادة إرسال إشعارات', fr: 'Notifications renvoyées', en: 'Deliveries sent again' },
  'webhooks.collect': { ar: 'جمع ما يجب الإشعار به', fr: 'Faits à signaler recueillis', en: 'Facts to tell collected' },
  'webhooks.take_deliveries': { ar: 'أخذ إشعارات لإرسالها', fr: 'Notifications prises pour envoi', en: 'Deliveries taken for sending' },
  'webhooks.record_attempts': {
    ar: 'تدوين نتائج الإشعارات',
    fr: 'Résultats des notifications notés',
    en: 'Results of deliveries recorded',
  },
  'webhooks.forget': { ar: 'حذف سجل إشعارات قديم', fr: 'Ancien journal de notifications effacé', en: 'Old log of deliveries forgotten' },
};
