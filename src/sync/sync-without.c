/* From the words of Without= to capabilities.  Pure but for the log; must never be what encryption or a sign-in depends on
 * (the protocols see to that). */
#include "sync-without.h"

#include "base-log.h"

static void
tell_unknown (const BaseAccount *account, const char *protocol, const char *word)
{
  base_log ("%s: Without under [%s] names “%s”, which nothing here depends on", account->id,
            protocol, word);
}

ImapCapability
sync_without_imap (const BaseAccount *account)
{
  ImapCapability without = 0;

  for (char **word = account->imap.without; word != NULL && *word != NULL; word++) {
    ImapCapability capability = imap_capability_from_word (*word);

    if (capability == 0)
      tell_unknown (account, "IMAP", *word);
    without |= capability;
  }
  return without;
}

SmtpCapability
sync_without_smtp (const BaseAccount *account, const BaseServer *server)
{
  SmtpCapability without = 0;

  for (char **word = server->without; word != NULL && *word != NULL; word++) {
    SmtpCapability capability = smtp_capability_from_word (*word);

    if (capability == 0)
      tell_unknown (account, "SMTP", *word);
    without |= capability;
  }
  return without;
}
