import { defineConfig } from 'vitepress';
import { writeLlmsTxt } from './llms-txt.js';
import { sidebar } from './sidebar.js';

/** The reference names each thing dozens of times: guides come first. */
const boostDocument = (page: string) => (page.startsWith('/api/') ? 0.02 : 1);

const repository = 'https://github.com/nestjs-security/nestjs-security';

export default defineConfig({
  title: 'nestjs-security',
  description: 'Declare a security scheme once: guard, types, challenges and OpenAPI for NestJS.',
  lang: 'en',
  outDir: '../build/docs',
  cacheDir: '../build/vitepress',
  cleanUrls: true,
  lastUpdated: false,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: '/icon.svg' }]],
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
      { text: 'Guide', link: '/guide/concepts' },
      { text: 'Schemes', link: '/schemes/' },
      { text: 'Recipes', link: '/recipes/jwt' },
      { text: 'API', link: '/api/' },
    ],
    outline: [2, 3],
    search: { provider: 'local', options: { miniSearch: { searchOptions: { boostDocument } } } },
    socialLinks: [{ icon: 'github', link: repository }],
    footer: { message: 'Released under the MIT License.' },
  },
  // The reference's pages are not in the sidebar's order: they have no page before and after them.
  transformPageData: ({ relativePath, frontmatter }) =>
    relativePath.startsWith('api/')
      ? { frontmatter: { prev: false, next: false, ...frontmatter } }
      : undefined,
  buildEnd: writeLlmsTxt,
});
