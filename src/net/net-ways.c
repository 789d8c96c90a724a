/* The order of the ways of signing in.  Pure, on whichever thread signs in; must never come down from a proof that the server gave before,
 * and never lead to a second refusal of the same password. */
#include "net-ways.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "net-sasl-private.h"

#define MAX_WAYS 3 /* SCRAM bound, SCRAM, and without */

struct _NetWays
{
  GPtrArray *mechanisms; /* Owned: NULL-terminated */
  NetLogin login;
  NetPeer peer;
  guint tried;
};

NetWays *
net_ways_new (const char *const *mechanisms, const NetLogin *login, const NetPeer *peer)
{
  NetWays *ways = g_new0 (NetWays, 1);

  ways->mechanisms = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; mechanisms[i] != NULL; i++)
    g_ptr_array_add (ways->mechanisms, g_strdup (mechanisms[i]));
  g_ptr_array_add (ways->mechanisms, NULL);
  ways->login = *login;
  ways->peer = *peer;
  return ways;
}

void
net_ways_free (NetWays *ways)
{
  if (ways == NULL)
    return;

  g_ptr_array_unref (ways->mechanisms);
  g_free (ways);
}

static const char *
get_less (NetWays *ways)
{
  if (ways->login.proved == BASE_PROOF_BOUND && ways->tried > 0)
    return _ (
        "“%s” used to prove that nobody stands between this computer and it, and refuses that now. It was not told your password. Try "
        "again in another network, or ask the people who run the server; if they changed it, allow that in the settings of the "
        "account.");
  if (ways->login.proved == BASE_PROOF_BOUND)
    return _ (
        "“%s” used to prove that nobody stands between this computer and it, and does not any more. Nothing was sent to it. Try "
        "again in another network, or ask the people who run the server; if they changed it, allow that in the settings of the "
        "account.");
  if (ways->tried > 0)
    return _ (
        "“%s” used to prove that it knows your password without being told it, and refuses that now. It was not told your password. Try "
        "again in another network, or ask the people who run the server; if they changed it, allow that in the settings of the "
        "account.");
  return _ (
      "“%s” used to prove that it knows your password without being told it, and now wants to be told. Nothing was sent to "
      "it. Try again in another network, or ask the people who run the server; if they changed it, allow that in the settings "
      "of the account.");
}

static void
set_less (NetWays *ways, GError **error)
{
  g_autofree char *sentence = g_strdup_printf (get_less (ways), ways->peer.host);

  base_error_set (error, BASE_ERROR_TRUST, NULL, "%s", sentence);
  if (error != NULL)
    base_error_set_less_proof (*error);
}

NetSasl *
net_ways_next (NetWays *ways, GError **error)
{
  NetSasl *sasl =
      net_sasl_new ((const char *const *)ways->mechanisms->pdata, &ways->login, &ways->peer);

  if (sasl == NULL && !net_ways_may_tell (ways) && ways->login.kind == BASE_SIGN_IN_PASSWORD)
    set_less (ways, error);
  ways->tried++;
  return sasl;
}

static void
forget (NetWays *ways, const char *name)
{
  for (guint i = 0; i + 1 < ways->mechanisms->len; i++) {
    if (strcmp (g_ptr_array_index (ways->mechanisms, i), name) == 0) {
      g_ptr_array_remove_index (ways->mechanisms, i);
      return;
    }
  }
}

gboolean
net_ways_go_on (NetWays *ways, NetSasl *sasl, NetRefusal refusal)
{
  gboolean bound = net_sasl_get_proof (sasl) == BASE_PROOF_BOUND;
  gboolean go_on = net_sasl_is_foreign_binding (sasl);

  switch (refusal) {
  case NET_REFUSAL_PROTOCOL:
    go_on |= bound || !net_sasl_gave_proof (sasl);
    break;
  case NET_REFUSAL_UNKNOWN:
    /* Not of the password, as long as that was not tried. */
    go_on |= !net_sasl_gave_proof (sasl);
    break;
  case NET_REFUSAL_PLAIN:
    break;
  }
  /* It can bind in no way that we can, or not at all: the same without (RFC 5802, 6: "n"). */
  if (bound)
    ways->peer.binding = NULL;
  else
    forget (ways, net_sasl_get_mechanism (sasl));
  return go_on && ways->tried < MAX_WAYS;
}

gboolean
net_refusal_is_of_protocol (const char *words)
{
  return words != NULL && strstr (words, "bad protocol") != NULL;
}

gboolean
net_ways_may_tell (NetWays *ways)
{
  return ways->login.kind == BASE_SIGN_IN_PASSWORD && ways->login.proved == BASE_PROOF_NONE;
}
