// Which field a package is of.
const fields = {
  'web frameworks': 'express koa fastify hono connect polka hapi itty-router find-my-way path-to-regexp middleware',
  'http clients and sockets': 'axios got node-fetch superagent needle follow-redirects form-data ws socket.io undici nodemailer',
  'parsers and compilers': 'acorn esprima babel-core babel-traverse typescript terser uglify-js prettier eslint tslib core-js reflect-metadata',
  'style sheets': 'postcss sass less stylus',
  'markup and data formats': 'htmlparser2 cheerio parse5 jsdom xml2js fast-xml-parser csv-parse papaparse js-yaml yaml toml ini json5 jsonc-parser marked markdown-it qs protobufjs msgpack mime-types cookie dotenv',
  'command lines': 'minimist yargs commander cac chalk kleur picocolors cli-table3 figlet shelljs execa cross-spawn',
  validators: 'zod ajv joi yup validator superstruct valibot',
  templates: 'handlebars ejs pug nunjucks mustache eta liquidjs',
  cryptography: 'jsonwebtoken bcryptjs uuid nanoid crypto-js tweetnacl node-forge jose object-hash noble-hashes elliptic',
  dates: 'moment dayjs luxon date-fns ms cron-parser',
  'streams and archives': 'through2 readable-stream split2 concat-stream bl iconv-lite tar-stream jszip pako adm-zip fflate archiver',
  loggers: 'winston pino bunyan debug loglevel',
  tests: 'mocha tape chai sinon expect',
  bundlers: 'rollup webpack esbuild-wasm browserify',
  databases: 'knex kysely lowdb nedb lokijs sql.js sql.js-asm drizzle-orm graphql',
  'collections and control flow': 'lodash underscore ramda rxjs immutable immer async bluebird p-limit p-queue eventemitter3 mitt semver deepmerge fast-deep-equal lru-cache slugify mobx redux xstate',
  files: 'glob fast-glob minimatch micromatch chokidar fs-extra rimraf mkdirp',
  numbers: 'big.js decimal.js bignumber.js mathjs color',
  'user interfaces': 'react preact vue svelte i18next intl-messageformat',
};
const byName = new Map(Object.entries(fields).flatMap(([field, names]) => names.split(' ').map((name) => [name, field])));

/** @param {string} program the program's file name */
export const fieldOf = (program) => byName.get(program.replace(/\.[cm]js$/, '')) ?? 'others';
