/**
 * Light, dark, or as set in the system: a button. The choice is stored if the browser lets a local file store
 * anything.
 */

const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
const NAMES: Readonly<Record<Theme, string>> = { auto: 'Auto', light: 'Light', dark: 'Dark' };
const SPOKEN: Readonly<Record<Theme, string>> = {
  auto: 'Colours: as set in the system',
  light: 'Colours: light',
  dark: 'Colours: dark',
};
const KEY = 'wscap-theme';

/** Calls `changed` when the colours have changed. */
export function watchTheme(button: HTMLElement, changed: () => void): void {
  let theme = remembered();
  const show = (): void => {
    if (theme === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    button.textContent = NAMES[theme];
    button.setAttribute('aria-label', SPOKEN[theme]);
  };
  button.addEventListener('click', () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
    remember(theme);
    show();
    changed();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
  show();
}

function remembered(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'auto';
  } catch {
    return 'auto';
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A sandboxed frame, in which CI servers show artifacts, can't store it: the choice then holds until the page is
    // closed.
  }
}
