# Run when a part of the page changed: writes HEADER with the page as one string, its style and its scripts put into
# FOLDER/page.html where that names them.
function(put_in place)
  set(content "")
  foreach(part IN LISTS ARGN)
    file(READ ${FOLDER}/${part} text)
    string(APPEND content "${text}")
  endforeach()
  string(REPLACE "${place}" "${content}" page "${page}")
  set(page "${page}" PARENT_SCOPE)
endfunction()

file(READ ${FOLDER}/page.html page)
put_in("/* the style */" page.css)
put_in("/* the scripts */" match.js pitch.js maps.js table.js player.js)

file(WRITE ${HEADER} "// Written by the build from render/page/.
#pragma once

namespace matchday {

inline constexpr char page_template[] = R\"PAGE(${page})PAGE\";

}  // namespace matchday
")
