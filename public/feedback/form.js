// The form sends by itself, and waits for a network where there is none. Without this script, or where it cannot work, it is an ordinary form.
(() => {
  const form = document.getElementById('tell');
  const waiting = document.getElementById('waiting');
  const refused = document.getElementById('refused');
  const receipts = document.getElementById('receipts');
  if (!form || !self.outbox || !self.indexedDB) return;

  const template = document.getElementById('receipt');
  /** What the person has not written down yet. It is in the memory of this page alone: whoever opens the form next finds nothing. */
  let shown = [];

  const show = async () => {
    const taken = await self.outbox.takeReceipts();
    shown = [...shown, ...taken];
    const records = await self.outbox.waiting();
    waiting.hidden = !records.some((record) => !record.refused);
    refused.hidden = !records.some((record) => record.refused);
    receipts.replaceChildren(
      ...shown.map((receipt) => {
        const card = template.content.cloneNode(true);
        card.querySelector('.reference').textContent = receipt.reference;
        card.querySelector('.secret').textContent = receipt.secret;
        card.querySelector('button').addEventListener('click', () => {
          shown = shown.filter((one) => one !== receipt);
          show();
        });
        return card;
      }),
    );
  };

  const flush = async () => {
    const { waits, sent } = await self.outbox.flush();
    shown = [...shown, ...sent];
    await show();
    if (!waits || !navigator.serviceWorker?.controller) return;
    const registration = await navigator.serviceWorker.ready;
    await registration.sync?.register('feedback').catch(() => {});
  };
  /** What waits stays where it is when this fails, and is tried again. */
  const flushAgain = () => flush().catch(() => {});

  const written = (name) => form.elements[name].value.trim();

  /** Not by randomUUID, which old browsers and pages without encryption do not have. */
  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

  const LONGEST_MS = 5_000;
  const soon = (promise) =>
    Promise.race([
      promise,
      new Promise((_resolve, reject) => {
        setTimeout(() => reject(new Error('nothing can be kept here')), LONGEST_MS);
      }),
    ]);

  const message = () => {
    const isAnonymous = form.elements.anonymous.checked;
    const contact = Object.fromEntries(['name', 'phone'].flatMap((name) => (written(name) ? [[name, written(name)]] : [])));
    return {
      programmeCode: form.dataset.programme,
      language: document.documentElement.lang,
      category: written('category'),
      text: written('text'),
      ...(isAnonymous ? { anonymous: true } : {}),
      ...(!isAnonymous && Object.keys(contact).length > 0 ? { contact } : {}),
    };
  };

  let isKeeping = false;
  form.addEventListener('submit', async (event) => {
    let key;
    let body;
    try {
      [key, body] = [newKey(), message()];
    } catch {
      // The browser sends the form.
      return;
    }
    event.preventDefault();
    if (isKeeping) return;
    isKeeping = true;
    try {
      await soon(self.outbox.add(key, body));
    } catch {
      // Nothing can be kept, so it is sent now. Should it have been kept all the same, it is one message by its key.
      form.elements.key.value = key;
      form.submit();
      return;
    } finally {
      isKeeping = false;
    }
    form.reset();
    // It is said that it waits before it is sent: a network may take minutes to answer nothing.
    await show().catch(() => {});
    waiting.scrollIntoView({ block: 'center' });
    await flush()
      .catch(show)
      .catch(() => {});
    (receipts.firstElementChild ?? waiting).scrollIntoView({ block: 'center' });
  });

  // What was refused comes back into the form as it was, to be put right.
  refused.querySelector('.correct').addEventListener('click', async () => {
    const record = (await self.outbox.waiting()).find((one) => one.refused);
    if (!record) return;
    const { text, category, anonymous = false, contact = {} } = record.body;
    await self.outbox.take(record.key);
    form.elements.text.value = text;
    form.elements.category.value = category;
    form.elements.anonymous.checked = anonymous;
    form.elements.name.value = contact.name ?? '';
    form.elements.phone.value = contact.phone ?? '';
    await show();
    form.elements.text.focus();
  });

  // The telephone may be somebody else's.
  for (const [card, isRefused] of [
    [waiting, false],
    [refused, true],
  ])
    card.querySelector('.remove').addEventListener('click', async () => {
      await self.outbox.forget(isRefused);
      await show();
    });

  addEventListener('online', flushAgain);
  setInterval(() => {
    if (!document.hidden && !waiting.hidden) flushAgain();
  }, 20_000);
  if (navigator.serviceWorker) {
    navigator.serviceWorker.register('/feedback/worker.js').catch(() => {});
    navigator.serviceWorker.ready.then((registration) => registration.active.postMessage('keep'));
    navigator.serviceWorker.addEventListener('message', () => show().catch(() => {}));
  }
  flushAgain();
})();
