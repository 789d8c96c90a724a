/* Remote images a person allowed: fetched without cookies, Referer, authentication or cache, and
 * never from this computer or the local network. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Says whether an address may be talked to; any thread. */
typedef gboolean (*MailRemoteAllowFunc) (GInetAddress *address);

/* FALSE for loopback, private, link-local, shared, reserved and multicast addresses, also where
 * one is wrapped in an IPv6 address (mapped, NAT64, 6to4). */
gboolean mail_remote_address_is_public (GInetAddress *address);

typedef struct
{
  GBytes *bytes;
  char *content_type;
} MailRemoteImage;

void mail_remote_image_free (MailRemoteImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailRemoteImage, mail_remote_image_free)

/* (blocks) At most 20 MB, image types only, at most 5 redirects, each checked like the first
 * address.  REFUSED, LIMIT, RETRY. */
MailRemoteImage *mail_remote_fetch (MailRemoteAllowFunc allow, const char *uri,
                                    GCancellable *cancellable,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (blocks) Sends a form by https, without cookies, Referer or authentication; a redirect is not followed.  `database` (nullable) instead of the
 * system's: for tests.  REFUSED and RETRY: nothing was done; BROKEN: it went out, and what became of it is not known. */
gboolean mail_remote_post (MailRemoteAllowFunc allow, GTlsDatabase *database, const char *uri,
                           const char *form, GCancellable *cancellable, GError **error);

G_END_DECLS
