/* What a person has to do at a provider before mail programs may sign in, by the words that stand in data/providers.ini: here, and not
 * there, because sentences are translated.  Pure. */
#include "sync-providers.h"

#include <glib/gi18n.h>

static const struct
{
  const char *word, *sentence;
} steps[] = {
  { "google-two-step", N_ ("Turn on 2-Step Verification in your Google Account.") },
  { "google-app-password", N_ ("Create a password under “App passwords” of your Google Account, "
                               "and use it here instead of your usual one.") },
  { "outlook-allow", N_ ("Allow IMAP in the settings of Outlook.com on the web, under “Forwarding "
                         "and IMAP”.") },
  { "microsoft-administrator",
    N_ ("Your organization can switch IMAP off. If signing in is refused, ask its administrator to "
        "allow IMAP and authenticated SMTP for your mailbox.") },
  { "apple-two-factor", N_ ("Turn on two-factor authentication for your Apple Account.") },
  { "apple-app-password", N_ ("Sign in at account.apple.com, create a password under “App-Specific "
                              "Passwords”, and use it here instead of your usual one.") },
  { "yahoo-app-password",
    N_ ("Create an app password under “Account security” of your account, and use it here instead "
        "of your usual one.") },
  { "app-password-settings",
    N_ ("Create an app password in the security settings of your account, and use it here instead "
        "of your usual one.") },
  { "app-password-two-step",
    N_ ("With two-step verification, create an app password in the security settings of your "
        "account, and use it here instead of your usual one.") },
  { "switch-on", N_ ("Sign in to the web mail and allow mail programs (IMAP) in its settings.") },
  { "switch-on-administrator",
    N_ ("Allow IMAP and SMTP in the settings of the web mail; your administrator may have to permit "
        "them first.") },
  { "naver-switch-on",
    N_ ("In the settings of Naver Mail, under “POP3/IMAP”, choose to use IMAP/SMTP.") },
  { "naver-app-password",
    N_ ("With two-step verification, create an application password in the security settings of "
        "your Naver ID, and use it here instead of your usual one.") },
  { "daum-switch-on",
    N_ ("In the settings of the web mail, under “IMAP/POP3”, choose to use IMAP/SMTP.") },
  { "kakao-app-password",
    N_ ("Turn on two-step verification of your Kakao Account, create an app password there, and use "
        "it here instead of your usual one.") },
  { "authorization-code-switch-on",
    N_ ("Sign in to the web mail and switch IMAP/SMTP on in its settings.") },
  { "authorization-code", N_ ("The web mail then shows an authorization code: use it here instead "
                              "of your password.") },
  { "bridge-start",
    N_ ("Install Proton Mail Bridge on this computer, sign in there, and keep it running.") },
  { "bridge-password", N_ ("Use the password that Bridge shows for this address, not the one of "
                           "your Proton Account.") },
  { "mail-password",
    N_ ("Create a password for mail programs in the settings of your account, and use it here "
        "instead of your usual one.") },
  { "att-secure-key", N_ ("Create a secure mail key in the sign-in settings of your account, and "
                          "use it here instead of your usual password.") },
};

const char *
sync_provider_step (const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    if (g_str_equal (steps[i].word, word))
      return _ (steps[i].sentence);
  return NULL;
}

GStrv
sync_provider_dup_steps (const SyncProvider *provider)
{
  g_autoptr (GStrvBuilder) sentences = g_strv_builder_new ();

  for (gsize i = 0; provider->steps != NULL && provider->steps[i] != NULL; i++)
    g_strv_builder_add (sentences, sync_provider_step (provider->steps[i]));
  return g_strv_builder_end (sentences);
}
