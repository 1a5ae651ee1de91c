# Suggests watts=3, 4, 5, and so on.
n=2
while read -r line; do
  case "$line" in
    *'"ask"'*)
      n=$((n + 1))
      echo "{\"flags\": {\"watts\": $n}}"
      ;;
  esac
done
