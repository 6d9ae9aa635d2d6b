import { defineConfig } from 'vitepress';
import { writeLlmsTxt } from './llms-txt.js';
import { sidebar } from './sidebar.js';

const repository = 'https://github.com/nestjs-security/nestjs-security';

export default defineConfig({
  title: 'nestjs-security',
  description: 'Declare a security scheme once: guard, types, challenges and OpenAPI for NestJS.',
  lang: 'en',
  outDir: '../build/docs',
  cacheDir: '../build/vitepress',
  cleanUrls: true,
  lastUpdated: false,
  metaChunk: true,
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark' },
    // Type parameters in the reference's prose are no elements.
    html: true,
  },
  themeConfig: {
    sidebar,
    nav: [
      { text: 'Get started', link: '/getting-started/' },
      { text: 'Schemes', link: '/schemes/' },
      { text: 'Recipes', link: '/recipes/jwt' },
      { text: 'API', link: '/api/' },
    ],
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: repository }],
    footer: { message: 'Released under the MIT License.' },
  },
  buildEnd: writeLlmsTxt,
});
