/* The parts of a message as BODYSTRUCTURE tells them (RFC 9051 7.5.2), so that one part can be fetched alone.  Pure. */
#pragma once

#include "imap-lexer.h"

G_BEGIN_DECLS

typedef struct _ImapStructure ImapStructure;

struct _ImapStructure
{
  char *section;     /* for BODY[…]: "1.2"; "" for a multipart that is the whole message */
  char *type;        /* "text/plain", lower case; "application/octet-stream" where none was told */
  char *encoding;    /* "base64", lower case; "7bit" where none was told */
  char *disposition; /* nullable; "attachment", lower case */
  char *name;       /* nullable; file name: RFC 2231 is decoded, encoded-words (RFC 2047) are not */
  char *charset;    /* nullable */
  char *content_id; /* nullable, with its <> */
  guint64 size;     /* octets as encoded; servers lie (quirk 11) */
  /* of ImapStructure, nullable: the parts of a multipart (perhaps none), or what a message/rfc822 holds */
  GPtrArray *children;
};

/* Reads the value of BODYSTRUCTURE, whose first token is `open`.  What a server leaves out or writes amiss becomes what is
 * most harmless; NULL when nothing can be made of it.  *too_deep: it nests beyond the lexer's limit. */
ImapStructure *imap_structure_parse (ImapLexer *lexer, const ImapToken *open,
                                     gboolean *too_deep) G_GNUC_WARN_UNUSED_RESULT;
void imap_structure_free (ImapStructure *structure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapStructure, imap_structure_free)

G_END_DECLS
