# Run at each build: writes HEADER, leaving it untouched when nothing changed.
execute_process(
  COMMAND git -C ${SOURCE} describe --always --dirty --match v[0-9]*
  OUTPUT_VARIABLE describe
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
configure_file(${CMAKE_CURRENT_LIST_DIR}/version.h.in ${HEADER} @ONLY)
