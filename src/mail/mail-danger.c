/* What could harm who opens it.  Pure, any thread: by name, by type, and by what stands in the bytes, for a name says little.  It errs
 * on the side of asking, but for ordinary documents, pictures and mail it must never ask: a warning that comes always is read by
 * nobody. */
#include "mail-part.h"

#include <string.h>

#include <glib/gi18n.h>

#define MAX_SCRIPT_SEARCH (4u * 1024 * 1024)
#define MAX_ENTRIES       20000
#define MAX_ENTRY_NAME    4096

/* Runs by a double click on some system. */
static const char *const programs[] = {
  "exe",
  "com",
  "scr",
  "pif",
  "bat",
  "cmd",
  "msi",
  "msp",
  "msc",
  "cpl",
  "hta",
  "js",
  "jse",
  "vbs",
  "vbe",
  "wsf",
  "wsh",
  "ps1",
  "psm1",
  "reg",
  "lnk",
  "url",
  "scf",
  "inf",
  "jar",
  "jnlp",
  "sh",
  "bash",
  "zsh",
  "csh",
  "fish",
  "run",
  "bin",
  "out",
  "desktop",
  "appimage",
  "flatpakref",
  "flatpak",
  "deb",
  "rpm",
  "snap",
  "dmg",
  "pkg",
  "app",
  "command",
  "workflow",
  "apk",
  "py",
  "pyw",
  "pyc",
  "pl",
  "rb",
  "php",
  "lua",
  "tcl",
  "elf",
  "so",
  "dll",
  "sys",
  "drv",
  "ocx",
  "gadget",
  "xll",
  "chm",
  "iso",
  "img",
  "vhd",
  "vhdx",
  "application",
  "appref-ms",
  "settingcontent-ms",
  "one",
  "library-ms",
};
static const char *const documents_with_macros[] = { "docm", "dotm", "xlsm",  "xltm",  "xlsb",
                                                     "xlam", "pptm", "potm",  "ppam",  "ppsm",
                                                     "sldm", "xla",  "accdb", "accde", "mdb" };
static const char *const harmless[] = { "txt",  "pdf",  "jpg",  "jpeg", "png", "gif",  "webp",
                                        "bmp",  "heic", "doc",  "docx", "xls", "xlsx", "ppt",
                                        "pptx", "hwp",  "hwpx", "odt",  "ods", "csv",  "mp3",
                                        "mp4",  "mov",  "avi",  "zip",  "htm", "html", "rtf" };
static const char *const program_types[] = { "application/x-executable",
                                             "application/x-sharedlib",
                                             "application/x-msdownload",
                                             "application/x-ms-dos-executable",
                                             "application/vnd.microsoft.portable-executable",
                                             "application/x-desktop",
                                             "application/x-shellscript",
                                             "text/x-shellscript",
                                             "application/javascript",
                                             "text/javascript",
                                             "application/java-archive",
                                             "application/x-java-archive",
                                             "application/x-msi",
                                             "application/hta",
                                             "application/x-sh" };

static gboolean
is_one_of (const char *word, const char *const *words, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (g_ascii_strcasecmp (word, words[i]) == 0)
      return TRUE;
  return FALSE;
}
#define IS_ONE_OF(word, words) is_one_of (word, words, G_N_ELEMENTS (words))

/* Behind the last dot, "" none. */
static const char *
extension (const char *name)
{
  const char *dot = strrchr (name, '.');

  return dot != NULL ? dot + 1 : "";
}

/* "photo.jpg.exe", "photo.jpg      .exe" */
static gboolean
has_double_extension (const char *name)
{
  const char *dot = strrchr (name, '.');

  if (dot == NULL)
    return FALSE;
  g_autofree char *stem = g_strchomp (g_strndup (name, (gsize)(dot - name)));
  return IS_ONE_OF (extension (stem), harmless);
}

static MailDanger
judge_name (const char *name)
{
  const char *end = extension (name);

  if (IS_ONE_OF (end, programs))
    return has_double_extension (name) ? MAIL_DANGER_DISGUISED : MAIL_DANGER_PROGRAM;
  if (IS_ONE_OF (end, documents_with_macros))
    return MAIL_DANGER_MACROS;
  return MAIL_DANGER_NONE;
}

/* ---- what is in it ---- */

static gboolean
starts_with (const guint8 *data, gsize length, const char *magic, gsize n)
{
  return length >= n && memcmp (data, magic, n) == 0;
}
#define STARTS(magic) starts_with (data, length, magic, sizeof magic - 1)

static gboolean
is_program (const guint8 *data, gsize length)
{
  if (STARTS ("\177ELF") || STARTS ("#!") || STARTS ("[Desktop Entry]")
      || STARTS ("\xca\xfe\xba\xbe") || STARTS ("\xfe\xed\xfa\xce") || STARTS ("\xfe\xed\xfa\xcf")
      || STARTS ("\xce\xfa\xed\xfe") || STARTS ("\xcf\xfa\xed\xfe")
      || STARTS ("L\0\0\0\x01\x14\x02\0"))
    return TRUE;
  /* Of Windows: the word at 60 leads to "PE"; a text may begin with MZ. */
  if (STARTS ("MZ") && length > 64) {
    gsize at = data[60] | (gsize)data[61] << 8 | (gsize)data[62] << 16 | (gsize)data[63] << 24;

    return at < length - 1 && length - at >= 2 && data[at] == 'P' && data[at + 1] == 'E';
  }
  return FALSE;
}

static gboolean
contains (const guint8 *data, gsize length, const char *needle, gsize n)
{
  return data != NULL && length >= n && memmem (data, length, needle, n) != NULL;
}
#define CONTAINS(needle) contains (data, length, needle, sizeof needle - 1)

static gboolean
contains_word (const guint8 *data, gsize length, const char *word)
{
  gsize n = strlen (word);

  for (gsize i = 0; i + n <= length; i++)
    if (g_ascii_strncasecmp ((const char *)data + i, word, n) == 0)
      return TRUE;
  return FALSE;
}

/* A page that would run something in a browser. */
static gboolean
has_script (const guint8 *data, gsize length)
{
  static const char *const words[] = { "<script",
                                       "javascript:",
                                       "vbscript:",
                                       "onload=",
                                       "onerror=",
                                       "onclick=",
                                       "<iframe",
                                       "<object",
                                       "<embed",
                                       "http-equiv=\"refresh",
                                       "http-equiv=refresh",
                                       "<form" };

  length = MIN (length, MAX_SCRIPT_SEARCH);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (contains_word (data, length, words[i]))
      return TRUE;
  return FALSE;
}

/* The names in a ZIP, by the entries of its directory (PKWARE's APPNOTE, 4.3.12). */
static MailDanger
judge_zip (const guint8 *data, gsize length)
{
  MailDanger worst = MAIL_DANGER_NONE;
  gsize at = 0;

  for (guint n = 0; n < MAX_ENTRIES && at + 46 <= length; n++) {
    const guint8 *found = memmem (data + at, length - at, "PK\1\2", 4);

    if (found == NULL || (gsize)(data + length - found) < 46)
      break;
    gsize name_length = (gsize)(found[28] | found[29] << 8);
    at = (gsize)(found - data) + 46;
    if (name_length > MAX_ENTRY_NAME || at + name_length > length)
      continue;
    g_autofree char *name = g_strndup ((const char *)data + at, name_length);
    const char *slash = strrchr (name, '/');
    const char *last = slash != NULL ? slash + 1 : name;
    at += name_length;
    if (g_ascii_strcasecmp (last, "vbaProject.bin") == 0)
      worst = MAIL_DANGER_MACROS;
    else if (worst == MAIL_DANGER_NONE && judge_name (last) != MAIL_DANGER_NONE)
      worst = MAIL_DANGER_ARCHIVE;
  }
  return worst;
}

static MailDanger
judge_content (const char *name, const char *type, const guint8 *data, gsize length)
{
  const char *end = extension (name);

  if (is_program (data, length))
    return IS_ONE_OF (end, harmless) ? MAIL_DANGER_DISGUISED : MAIL_DANGER_PROGRAM;
  if (STARTS ("PK\3\4"))
    return judge_zip (data, length);
  /* Old Office files (OLE) name the storage of their macros in UTF-16. */
  if (STARTS ("\xd0\xcf\x11\xe0")
      && (CONTAINS ("_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T\0") || CONTAINS ("V\0B\0A\0\0\0")))
    return MAIL_DANGER_MACROS;
  if (STARTS ("Rar!") || STARTS ("7z\xbc\xaf\x27\x1c"))
    return MAIL_DANGER_NONE; /* packed names; opening shows what is in it */
  gboolean is_html =
      g_ascii_strcasecmp (end, "html") == 0 || g_ascii_strcasecmp (end, "htm") == 0
      || g_ascii_strcasecmp (end, "xhtml") == 0 || g_ascii_strcasecmp (end, "shtml") == 0
      || g_ascii_strcasecmp (end, "mht") == 0 || g_ascii_strcasecmp (end, "mhtml") == 0
      || g_ascii_strcasecmp (end, "svg") == 0 || g_str_has_prefix (type, "text/html")
      || g_str_has_prefix (type, "image/svg") || g_str_has_prefix (type, "application/xhtml");
  if (is_html && has_script (data, length))
    return MAIL_DANGER_SCRIPT;
  return MAIL_DANGER_NONE;
}

MailDanger
mail_danger_judge (const char *name, const char *content_type, GBytes *bytes)
{
  MailDanger danger = judge_name (name);

  if (danger == MAIL_DANGER_NONE && IS_ONE_OF (content_type, program_types))
    danger = MAIL_DANGER_PROGRAM;
  if (danger != MAIL_DANGER_NONE || bytes == NULL || g_bytes_get_size (bytes) == 0)
    return danger;
  return judge_content (name, content_type, g_bytes_get_data (bytes, NULL),
                        g_bytes_get_size (bytes));
}

const char *
mail_danger_describe (MailDanger danger)
{
  switch (danger) {
  case MAIL_DANGER_NONE:
    break;
  case MAIL_DANGER_PROGRAM:
    return _ (
        "This is a program. Programs that come by mail can harm your computer and read your files. Open "
        "it only if you expected it and know who sent it.");
  case MAIL_DANGER_SCRIPT:
    return _ (
        "This page contains scripts, forms or frames. In a browser it could imitate another site and ask "
        "for your password.");
  case MAIL_DANGER_MACROS:
    return _ (
        "This document contains macros: small programs that may run when it is opened. Open it only if "
        "you expected it and know who sent it.");
  case MAIL_DANGER_ARCHIVE:
    return _ (
        "This archive contains programs. Programs that come by mail can harm your computer and read your "
        "files.");
  case MAIL_DANGER_DISGUISED:
    return _ (
        "This is a program, and its name makes it look like something else. Honest files do not do that.");
  }
  return "";
}
