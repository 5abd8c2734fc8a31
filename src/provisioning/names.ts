import { pick, type Random } from "../world/random.js";

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** How a thing may be. */
export const descriptors = words(`
  able agile airy alert amber ample ancient apt arctic ardent autumn avid azure balmy bashful bold brave breezy bright
  brisk bronze bubbly calm candid caring casual cheerful chilly chipper civil classic clean clear clever cobalt copper
  coral cosmic cosy cozy crafty crimson crisp curious cyan daring dapper dashing deft dewy eager early earnest easy
  ebony electric elegant emerald equal fair famous fancy fast fearless festive fiery fleet fluffy fond formal frank free
  fresh friendly frosty gallant gentle genial gifted glad gleaming golden graceful grand grateful great handy happy hardy
  hazel hearty helpful honest humble icy indigo ivory jade jaunty jolly jovial joyful keen kind late lavish leafy level
  light likely lilac lively loyal lucid lucky lunar magenta maroon mellow merry mighty mild mindful misty modest mossy
  mystic nearby neat nifty nimble noble northern novel ochre olive opal open orderly pastel patient peaceful pearly
  plucky polite prime proud prompt quaint quick quiet radiant rapid ready regal roaming robust rosy royal ruby rustic
  sable sandy sapphire scarlet serene sharp shiny silent silken silver sincere sleek snowy snug social solar solid sonic
  speedy spirited spry stable starry steady stellar stout sunny swift tactful tawny teal tender thrifty tidy timely tiny
  topaz tranquil trusty upbeat urban valiant velvet verdant vernal vivid warm wary western whole wild willing windy wintry
  wise witty wooden young zany zealous zesty
`);

/** Who it may be. */
export const animals = words(`
  aardvark addax adder albatross alpaca anchovy anteater antelope armadillo auk avocet axolotl baboon badger bandicoot
  barbel barracuda bat bear beaver bee beetle bison bittern boar bobcat bonito bream bunting bustard butterfly buzzard
  camel capybara caracal cardinal caribou carp cassowary cat catfish centipede chameleon chamois cheetah chickadee
  chinchilla chipmunk cicada civet clam cobra cockatoo cod colobus condor coot cormorant cougar coyote crab crane
  cricket crow cuckoo curlew deer dingo dipper dog dolphin dormouse dove dragonfly duck dugong dunlin eagle eel egret
  eider eland elephant elk emu ermine falcon ferret finch firefly flamingo flounder fox frog gannet gar gazelle gecko
  gerbil gibbon giraffe gnu goat goldfinch goose gopher gorilla goshawk grebe grouse guanaco gull haddock halibut hamster
  hare harrier hawk hedgehog heron herring hippo hoopoe hornet horse hyena ibex ibis iguana impala jackal jackdaw jaguar
  jay jerboa kangaroo kestrel kingfisher kite kiwi koala krill kudu ladybird lamprey lapwing lark lemming lemur leopard
  linnet lion lizard llama lobster loon loris lynx macaque macaw mackerel magpie manatee mandrill mantis marlin marmoset
  marmot marten meerkat mink minnow mole mongoose moose moth mouse mule muskrat narwhal newt nightjar numbat nuthatch
  ocelot octopus okapi opossum orca oriole oryx osprey ostrich otter owl ox oyster panda pangolin panther parrot peacock
  pelican penguin perch petrel pheasant pigeon pika pike plover polecat pony porcupine porpoise possum puffin puma python
  quail quokka rabbit raccoon raven ray redstart reindeer rhino robin rook salamander salmon sandpiper sardine seahorse
  seal serval shark sheep shrew shrimp skink skunk skylark sloth snail snipe sparrow spider squid squirrel starling
  stingray stoat stork sturgeon swallow swan swift tamarin tanager tapir tarsier tench tern thrush tiger toad tortoise
  toucan trout tuna turkey turtle viper vole vulture wagtail wallaby walrus warbler weasel whale whimbrel wildcat wolf
  wombat woodcock woodpecker wren yak zebra
`);

/** A random name such as `brave-otter`. Unique only where its user sees to it. */
export function niceId(random: Random): string {
  return `${pick(random, descriptors)}-${pick(random, animals)}`;
}
