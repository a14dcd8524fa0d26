const i18next = require('i18next');
i18next.init({ lng: 'de', fallbackLng: 'en', resources: { en: { translation: { hi: 'Hi {{name}}', only: 'english' } }, de: { translation: { hi: 'Hallo {{name}}' } } } }).then((t) => console.log(t('hi', { name: 'X' }), t('only'), t('none'), i18next.exists('hi')));
